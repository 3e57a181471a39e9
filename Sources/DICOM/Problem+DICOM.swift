package import Files

extension Problem {
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
}
