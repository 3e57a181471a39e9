/// What can go wrong with a compressed file or an archive. Each case names the file and says what to do.
public enum ArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file can't be opened or read.
    case unreadable(path: String, reason: String)
    /// A folder, device, socket or named pipe where a file is expected.
    case notRegularFile(path: String)
    /// The file ends before its content does.
    case truncated(path: String)
    /// The compressed data or the archive's structure is wrong.
    case corrupt(path: String, reason: String)
    /// The content is larger than its reader allows.
    case tooLarge(path: String, limit: Int)
    /// An archive lacks an entry.
    case entryMissing(path: String, name: String)
    /// An archive's entry that must not be unpacked: it leads out of the folder, is a link, or is encrypted.
    case unsafeEntry(path: String, name: String, reason: String)
    /// The file can't be written.
    case unwritable(path: String, reason: String)

    /// One sentence for an operator.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): can't be read: \(reason); check that it exists and that this user may read it."
        case .notRegularFile(let path): "\(path): is not a regular file; give a file, not a folder, pipe or device."
        case .truncated(let path): "\(path): ends too early; copy it again."
        case .corrupt(let path, let reason): "\(path): is corrupt: \(reason); copy it again."
        case .tooLarge(let path, let limit): "\(path): holds more than the \(limit) bytes that are allowed here; it was not unpacked."
        case .entryMissing(let path, let name): "\(path): holds no entry \(name)."
        case .unsafeEntry(let path, let name, let reason): "\(path): entry \(name) is refused: \(reason)."
        case .unwritable(let path, let reason): "\(path): can't be written: \(reason); check the folder's permissions and free space."
        }
    }
}
