/// Why a model folder, or a file that belongs to one, can't be used. Every text names the file and says what to do.
public enum ModelError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file or folder can't be opened or read.
    case unreadable(path: String, reason: String)
    /// A file can't be written.
    case unwritable(path: String, reason: String)
    /// The bytes of the file contradict its format or themselves: an interrupted copy, a defect of the disk, or an attack.
    case damaged(path: String, reason: String)
    /// The file is in order, but asks for something that this software does not run.
    case unsupported(path: String, found: String, supported: String)
    /// An entry is missing or has another value, type or shape than needed.
    case mismatch(path: String, item: String, expected: String, found: String, advice: String)

    /// What happened, where, and what to do, in one line.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path): can't be read: \(reason). Check that it exists and that this user may read it."
        case .unwritable(let path, let reason):
            "\(path): can't be written: \(reason). Check the folder's permissions and free space."
        case .damaged(let path, let reason):
            "\(path): damaged or not what its name says: \(reason). Copy it again from where the model was trained."
        case .unsupported(let path, let found, let supported):
            "\(path): \(found) is not supported. Supported: \(supported)."
        case .mismatch(let path, let item, let expected, let found, let advice):
            "\(path): \(item): expected \(expected), found \(found). \(advice)"
        }
    }
}
