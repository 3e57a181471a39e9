package import Files

extension Problem {
    /// A file that isn't of the expected format at all.
    package static func notAnImage(path: String, expected: String, found: String) -> Problem {
        Problem(.foreign, at: path, "is not \(expected)", found: found, advice: "give \(expected) in its place, or remove it")
    }

    /// Slices of a DICOM series that don't make one volume, whatever else may arrive; the path is that of the series' first file.
    package static func irregularSeries(path: String, reason: String, advice: String) -> Problem {
        Problem(.irregular, at: path, "its series is not a regular grid: \(reason)", advice: advice)
    }

    /// Slices of a DICOM series that are missing or can't be read, and more files may complete it; the path is that of its first file.
    package static func incompleteSeries(path: String, reason: String, advice: String) -> Problem {
        Problem(.incomplete, at: path, "its series is incomplete: \(reason)", advice: advice)
    }

    /// A slice of a DICOM series that lacks what its voxels or its place rest on; the path is that slice's.
    package static func unusableSeries(path: String, reason: String, advice: String) -> Problem {
        Problem(.unusable, at: path, "its series can't be used: \(reason)", advice: advice)
    }

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
