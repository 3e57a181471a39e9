/// What can go wrong between a file and an image. Each case names the file, says what is wrong and what to do; none holds pixels or
/// anything about the patient.
public enum ImageIOError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file can't be opened or read, or isn't a regular file.
    case unreadable(path: String, reason: String)
    /// The file isn't of the expected format at all.
    case notAnImage(path: String, expected: String, found: String)
    /// The file is of the expected format but cut short, inconsistent or hostile.
    case damaged(path: String, reason: String)
    /// The file is sound, but of a kind that isn't read or written here.
    case unsupported(path: String, reason: String)
    /// The slices of a DICOM series don't make one volume, whatever else may arrive; the path is that of the series' first file.
    case irregularSeries(path: String, reason: String, advice: String)
    /// Slices of a DICOM series are missing or can't be read, and more files may complete it; the path is that of the series' first file.
    case incompleteSeries(path: String, reason: String, advice: String)
    /// A slice of a DICOM series lacks what its voxels or its place rest on, and more files don't help; the path is that slice's.
    case unusableSeries(path: String, reason: String, advice: String)
    /// Two channel files of one case don't lie on the same grid.
    case channelsDiffer(first: String, other: String, reason: String)
    /// The file can't be written.
    case unwritable(path: String, reason: String)
    /// A file that was just written doesn't hold what was written.
    case verificationFailed(path: String, reason: String)

    /// One sentence for an operator.
    public var description: String { ForeignText.plain(sentence) }

    private var sentence: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): can't be read: \(reason); check that it exists and that this user may read it."
        case .notAnImage(let path, let expected, let found):
            "\(path): is not \(expected) (found \(found)); give \(expected) in its place, or remove it."
        case .damaged(let path, let reason): "\(path): is damaged: \(reason); export or copy it again."
        case .unsupported(let path, let reason): "\(path): is not supported: \(reason)."
        case .irregularSeries(let path, let reason, let advice): "\(path): its series is not a regular grid: \(reason); \(advice)."
        case .incompleteSeries(let path, let reason, let advice): "\(path): its series is incomplete: \(reason); \(advice)."
        case .unusableSeries(let path, let reason, let advice): "\(path): its series can't be used: \(reason); \(advice)."
        case .channelsDiffer(let first, let other, let reason):
            "\(other): differs from \(first): \(reason); all channels of a case must lie on one grid, resample them first."
        case .unwritable(let path, let reason): "\(path): can't be written: \(reason); check the folder's permissions and free space."
        case .verificationFailed(let path, let reason): "\(path): was written but reads back differently: \(reason); check the disk."
        }
    }
}
