extension Problem {
    /// Two arrays that belong together and differ in shape, both (z, y, x).
    package static func shapeMismatch(what: String, expected: [Int], found: [Int]) -> Problem {
        Problem(.mismatch, "\(what) has shape \(found), expected \(expected) (z, y, x); it must lie on the grid of the image")
    }

    /// An array that would need more memory than can be addressed or is sensible.
    package static func tooLarge(what: String, shape: [Int]) -> Problem {
        Problem(.tooLarge, "\(what) of shape \(shape) is too large for this machine; check the image's size and spacing")
    }
}
