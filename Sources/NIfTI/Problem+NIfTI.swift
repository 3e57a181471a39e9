package import Files

extension Problem {
    /// Two channel files of one case that don't lie on the same grid.
    package static func channelsDiffer(first: String, other: String, reason: String) -> Problem {
        Problem(
            .mismatch, at: other, "differs from \(first): \(reason)",
            advice: "all channels of a case must lie on one grid, resample them first")
    }

    /// A file that was just written and doesn't hold what was written.
    package static func verificationFailed(path: String, reason: String) -> Problem {
        Problem(.unverified, at: path, "reads back differently: \(reason)", advice: "check the disk and predict again")
    }
}
