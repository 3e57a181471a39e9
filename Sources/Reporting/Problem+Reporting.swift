package import Files

extension Problem {
    /// Labels on another grid than the image; sizes (x, y, z).
    package static func gridsDiffer(image: [Int], labels: [Int]) -> Problem {
        Problem(
            .mismatch,
            "labels of size \(labels) can't be drawn on an image of size \(image); give the label map of this very image")
    }

    /// An image without such a channel.
    package static func noSuchChannel(index: Int, count: Int) -> Problem {
        Problem(.unusable, "there is no channel \(index) in an image of \(count); channels are counted from 0")
    }

    /// A size of zero, or one out of a picture's bounds.
    package static func sizeOutOfBounds(size: [Int]) -> Problem { Problem(.unusable, "a size of \(size) can't be drawn") }

    /// More values than nnU-Net's overlay has colours, fifteen per slice with the background.
    package static func tooManyLabels(count: Int, slice: Int) -> Problem {
        Problem(
            .unusable,
            "slice \(slice) shows \(count) values, nnU-Net's overlay has colours for 15; use the montage of `predict` instead")
    }

    /// What Cairo refused, in its own words.
    package static func drawing(reason: String) -> Problem { Problem(.computation, "drawing failed: \(reason)") }

    /// Bytes that are not a PNG that Cairo decodes.
    package static func notAPicture(reason: String) -> Problem { Problem(.foreign, "not a readable PNG: \(reason)") }

    /// A value that JSON can't hold, or a key that is missing.
    package static func report(reason: String) -> Problem { Problem(.computation, "the report is not valid: \(reason)") }
}
