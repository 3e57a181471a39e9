package import Files

/// Tells DICOM files from others, and reads what a series is sorted by.
package enum DICOMProbe {
    /// Whether a file is DICOM: it has the mark `DICM` after the preamble, or starts with readable elements of group 0002 or 0008.
    ///
    /// Reads at most 16 KB. Anything that is not a regular file, symbolic links included, is not DICOM.
    package static func isDICOM(path: String) -> Bool {
        do {
            var reader = DICOMDataSetReader(try DICOMByteSource(path: path))
            return try reader.looksLikeDICOM()
        } catch {
            return false
        }
    }

    /// The header of a DICOM file, without its pixels and without anything about the patient.
    ///
    /// Throws `unreadable` for what is no regular file, `notAnImage` for what is no DICOM file, and `damaged` where a length doesn't fit
    /// the file. Numbers that can't be read make no error here; a slice that needs them is not taken (`DICOMCollection`).
    package static func header(path: String) throws(Problem) -> DICOMFileHeader {
        var reader = DICOMDataSetReader(try DICOMByteSource(path: path))
        return DICOMFileHeader(try reader.readDataSet())
    }
}
