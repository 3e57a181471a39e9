import Glibc

/// What can go wrong between this process and the system that runs it.
public enum ServiceHostError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A folder can't be watched; events from below it don't come.
    case unwatchable(path: String, reason: String)
    /// A second watcher was started; inotify's library keeps one state for the whole process.
    case watcherExists
    /// The watcher's own plumbing (inotify, a temporary file, a thread) can't be had.
    case noWatcher(reason: String)

    /// One sentence for an operator.
    public var description: String {
        switch self {
        case .unwatchable(let path, let reason): "\(path): can't be watched: \(reason)."
        case .watcherExists: "A folder watcher already runs in this process; there can be one."
        case .noWatcher(let reason): "Folders can't be watched: \(reason); use polling."
        }
    }
}

/// The system's words for an error number.
package func systemMessage(_ code: Int32) -> String {
    String(cString: strerror(code))
}
