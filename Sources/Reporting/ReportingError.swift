/// Why a picture or a report could not be made.
public enum ReportingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The labels lie on another grid than the image; sizes (x, y, z).
    case gridsDiffer(image: [Int], labels: [Int])
    /// The image has no such channel.
    case noSuchChannel(index: Int, count: Int)
    /// The image has a size of zero or the picture's size is out of bounds.
    case sizeOutOfBounds(size: [Int])
    /// nnU-Net's overlay has colours for fifteen values per slice, background included.
    case tooManyLabels(count: Int, slice: Int)
    /// Cairo refused, in its own words.
    case drawing(reason: String)
    /// The bytes are not a PNG that Cairo decodes.
    case notAPicture(reason: String)
    /// A value that JSON can't hold or a key that is missing.
    case report(reason: String)
    /// The file system refused.
    case unwritable(path: String, reason: String)
    /// The file system refused.
    case unreadable(path: String, reason: String)

    /// What was found, what was expected and what to do.
    public var description: String {
        switch self {
        case .gridsDiffer(let image, let labels):
            "labels of size \(labels) can't be drawn on an image of size \(image); give the label map of this very image"
        case .noSuchChannel(let index, let count):
            "there is no channel \(index) in an image of \(count); channels are counted from 0"
        case .sizeOutOfBounds(let size): "a size of \(size) can't be drawn"
        case .tooManyLabels(let count, let slice):
            "slice \(slice) shows \(count) values, nnU-Net's overlay has colours for 15; use the montage of `predict` instead"
        case .drawing(let reason): "drawing failed: \(reason)"
        case .notAPicture(let reason): "not a readable PNG: \(reason)"
        case .report(let reason): "the report is not valid: \(reason)"
        case .unwritable(let path, let reason): "\(path) can't be written: \(reason); check space and permissions"
        case .unreadable(let path, let reason): "\(path) can't be read: \(reason)"
        }
    }
}
