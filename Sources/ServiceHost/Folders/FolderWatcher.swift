package import Files
import Glibc
import Synchronization
package import SystemPackage

/// Watches folder trees through inotify and says when to look again.
///
/// libinotifytools keeps its state in globals and is not thread-safe: there is one watcher per process, and one thread of its own makes
/// every call. Symbolic links are not followed, but for a root itself. Its events are hints; what lies in a folder is found by reading the folder.
package final class FolderWatcher: Sendable {
    /// The changes, in order; each root's unread "changed" is kept once.
    package let changes: AsyncStream<FolderChange>

    private let shared: WatcherState
    private static let exists = Atomic<Bool>(false)

    /// Starts the thread that watches.
    package init() throws(Problem) {
        guard Self.exists.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
            throw .watcherExists
        }
        let (stream, continuation) = AsyncStream.makeStream(of: FolderChange.self, bufferingPolicy: .bufferingNewest(4096))
        do throws(Problem) {
            shared = try WatcherState(continuation: continuation)
            changes = stream
            try WatcherThread.start(shared) { Self.exists.store(false, ordering: .releasing) }
        } catch {
            Self.exists.store(false, ordering: .releasing)
            throw error
        }
    }

    deinit { stop() }

    /// Watches a folder and everything below it, or looks for unwatched folders there again; a "changed" follows.
    package func watch(_ root: FilePath) { shared.command(.watch(root)) }

    /// Watches a folder anew, as if it had never been watched: the path leads to another folder than before, or its watch is lost.
    package func rewatch(_ root: FilePath) { shared.command(.rewatch(root)) }

    /// Forgets a folder.
    package func unwatch(_ root: FilePath) { shared.command(.unwatch(root)) }

    /// Ends the thread and the stream; another watcher may then be made.
    package func stop() { shared.command(.stop) }

    /// Why a folder can't be watched at this moment; nil when it can.
    package static func obstacle(to folder: FilePath) -> String? { WatcherThread.obstacle(to: folder) }

    /// The files below a folder that were seen being written and not yet closed.
    package func filesBeingWritten(below folder: FilePath) -> Set<FilePath> {
        shared.files.withLock { $0.writing.filter { $0.isInside(folder) } }
    }

    /// The files below a folder that were seen being closed by their writer, or moved in whole, and not touched since.
    package func filesClosed(below folder: FilePath) -> Set<FilePath> {
        shared.files.withLock { $0.closed.filter { $0.isInside(folder) } }
    }

    /// Asks a root's "changed" to be sent again for the next change.
    package func acknowledge(_ root: FilePath) {
        shared.announced.withLock { _ = $0.remove(root) }
    }
}

/// What events have told of files.
struct FileActivity {
    /// Written to and not yet closed.
    var writing: Set<FilePath> = []
    /// Closed by their writer or moved in, and not written to since.
    var closed: Set<FilePath> = []

    mutating func isWritten(_ file: FilePath) {
        writing.insert(file)
        closed.remove(file)
    }

    mutating func isClosed(_ file: FilePath) {
        writing.remove(file)
        closed.insert(file)
    }

    mutating func isGone(_ file: FilePath) {
        writing.remove(file)
        closed.remove(file)
    }

    mutating func forget(below folder: FilePath) {
        writing = writing.filter { !$0.isInside(folder) }
        closed = closed.filter { !$0.isInside(folder) }
    }
}

/// What the watcher and its thread share.
final class WatcherState: Sendable {
    enum Command {
        case watch(FilePath)
        case rewatch(FilePath)
        case unwatch(FilePath)
        case stop
    }

    let continuation: AsyncStream<FolderChange>.Continuation
    let files = Mutex(FileActivity())
    let announced = Mutex<Set<FilePath>>([])
    /// A file without a name: writing to it is an inotify event like any other, which is how commands wake the thread.
    let bell: Int32
    let bellPath: FilePath
    private let commands = Mutex<[Command]>([])

    init(continuation: AsyncStream<FolderChange>.Continuation) throws(Problem) {
        self.continuation = continuation
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((folder + "/nnunetd-bell-XXXXXX").utf8CString)
        bell = mkstemp(&template)
        guard bell >= 0, fcntl(bell, F_SETFD, FD_CLOEXEC) == 0 else {
            throw .noWatcher(reason: "no temporary file in \(folder): \(SystemError.last)")
        }
        bellPath = FilePath(platformString: template)
    }

    deinit { close(bell) }

    func command(_ command: Command) {
        commands.withLock { $0.append(command) }
        var byte: UInt8 = 0
        _ = pwrite(bell, &byte, 1, 0)
    }

    func takeCommands() -> [Command] {
        commands.withLock { list in
            defer { list = [] }
            return list
        }
    }

    func announceChange(of root: FilePath) {
        guard announced.withLock({ $0.insert(root).inserted }) else { return }
        continuation.yield(.changed(root: root))
    }
}
