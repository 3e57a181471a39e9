/// What one file is to somebody who looks for the slices of a series.
package enum DICOMFileKind: Sendable, Equatable {
    /// A CT or MR image of one frame that can be a slice of a volume.
    case slice(DICOMFileHeader)
    /// A sound DICOM object that is no such slice, and why not, as a clause: "is a presentation state".
    case other(DICOMFileHeader, reason: String)
    /// A CT or MR image that can't be a slice, because something that is needed is missing, wrong or not supported, as a clause: its series
    /// is not whole without it, and more files don't help.
    case unusable(DICOMFileHeader, reason: String)
    /// A DICOM file that can't be read whole, or what must be taken for the remains of one: cut short anywhere, empty, filled with zeros,
    /// unreadable, without DICOM content under a DICOM name. The UID (0020,000E) is there when it could still be read; where it isn't,
    /// the file may belong to any series that lies beside it.
    case damaged(reason: String, seriesInstanceUID: String?)
    /// No DICOM file, and nothing that says it ever was one.
    case stranger(reason: String)

    /// The series that the file names, (0020,000E); nil where it names none.
    package var seriesInstanceUID: String? {
        switch self {
        case .slice(let header), .other(let header, _), .unusable(let header, _):
            header.seriesInstanceUID.isEmpty ? nil : header.seriesInstanceUID
        case .damaged(_, let uid): uid
        case .stranger: nil
        }
    }
}
