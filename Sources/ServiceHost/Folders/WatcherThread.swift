import CInotifyTools
import Files
import Glibc
import Synchronization
import SystemPackage

/// The one thread that calls libinotifytools.
final class WatcherThread {
    private let shared: WatcherState
    private var roots: Set<FilePath> = []
    private var folders: Set<FilePath> = []
    private var stopping = false

    private static let events = UInt32(
        IN_CREATE | IN_DELETE | IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
            | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK)
    /// Deeper folders are not watched: nothing a scanner writes is that deep, and a loop of mounts would be.
    private static let deepest = 32

    private init(_ shared: WatcherState) { self.shared = shared }

    /// Opens inotify, hangs up the bell and starts the thread; `ended` is called when it is over and inotify is closed.
    static func start(_ shared: WatcherState, ended: @escaping @Sendable () -> Void) throws(Problem) {
        guard inotifytools_initialize() != 0 else { throw .noWatcher(reason: "inotify: \(SystemError(inotifytools_error()))") }
        let hung = shared.bellPath.withPlatformString { inotifytools_watch_file($0, IN_MODIFY) } != 0
        let code = SystemError(inotifytools_error())
        _ = shared.bellPath.withPlatformString { unlink($0) }
        guard hung else {
            inotifytools_cleanup()
            throw .noWatcher(reason: "inotify: \(code)")
        }
        let start = Unmanaged.passRetained(Start(shared: shared, ended: ended))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                WatcherThread(start.shared).run()
                inotifytools_cleanup()
                start.ended()
                start.shared.continuation.finish()
                return nil
            }, start.toOpaque())
        guard failure == 0 else {
            start.release()
            inotifytools_cleanup()
            throw .noWatcher(reason: "no thread: \(SystemError(failure))")
        }
        pthread_detach(thread)
    }

    private final class Start {
        let shared: WatcherState
        let ended: @Sendable () -> Void
        init(shared: WatcherState, ended: @escaping @Sendable () -> Void) {
            self.shared = shared
            self.ended = ended
        }
    }

    private func run() {
        while !stopping {
            for command in shared.takeCommands() { obey(command) }
            guard !stopping else { return }
            if let event = inotifytools_next_event(-1) {
                handle(event)
            } else if case let cause = SystemError(inotifytools_error()), !cause.isInterruption {
                let reason = "inotify: \(cause)"
                for root in roots { shared.continuation.yield(.blind(root: root, folder: root, reason: reason)) }
                return
            }
        }
    }

    private func obey(_ command: WatcherState.Command) {
        switch command {
        case .watch(let root):
            roots.insert(root)
            watchTree(root, root: root, depth: 0)
            shared.announceChange(of: root)
        case .rewatch(let root):
            roots.insert(root)
            forget(below: root)
            watchTree(root, root: root, depth: 0)
            shared.announceChange(of: root)
        case .unwatch(let root):
            roots.remove(root)
            forget(below: root)
        case .stop: stopping = true
        }
    }

    private func handle(_ event: UnsafeMutablePointer<inotify_event>) {
        let mask = event.pointee.mask
        guard mask & UInt32(IN_Q_OVERFLOW) == 0 else { return startOver() }
        guard let start = inotifytools_filename_from_wd(event.pointee.wd) else { return }
        let folder = FilePath(platformString: start)
        guard let root = roots.first(where: { folder.isInside($0) }) else { return }
        if mask & UInt32(IN_DELETE_SELF | IN_UNMOUNT) != 0 {
            folders.remove(folder)  // the kernel has dropped its watch already
            shared.files.withLock { $0.forget(below: folder) }
            if folder == root { shared.continuation.yield(.lost(root: root)) }
        } else if mask & UInt32(IN_MOVE_SELF) != 0 {
            forget(below: folder)
            if folder == root { shared.continuation.yield(.lost(root: root)) }
        } else if event.pointee.len > 0 {
            note(mask: mask, path: folder.appending(Self.name(of: event)), root: root)
        }
        shared.announceChange(of: root)
    }

    /// The name lies behind the event's fixed part, padded with zeros.
    private static func name(of event: UnsafeMutablePointer<inotify_event>) -> FilePath {
        let bytes = UnsafeRawBufferPointer(
            start: UnsafeRawPointer(event) + MemoryLayout<inotify_event>.size, count: Int(event.pointee.len))
        return FilePath(bytes: bytes.prefix { $0 != 0 })
    }

    private func note(mask: UInt32, path: FilePath, root: FilePath) {
        if mask & UInt32(IN_ISDIR) != 0 {
            if mask & UInt32(IN_MOVED_FROM | IN_DELETE) != 0 { forget(below: path) }
            if mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 {
                watchTree(path, root: root, depth: path.names.count - root.names.count)
            }
        } else if mask & UInt32(IN_MODIFY) != 0 {
            shared.files.withLock { $0.isWritten(path) }
        } else if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0 {
            shared.files.withLock { $0.isClosed(path) }
        } else if mask & UInt32(IN_MOVED_FROM | IN_DELETE) != 0 {
            shared.files.withLock { $0.isGone(path) }
        }
    }

    /// Events were lost: nothing remembered counts any more.
    private func startOver() {
        shared.files.withLock { $0 = FileActivity() }
        for root in roots {
            forget(below: root)
            watchTree(root, root: root, depth: 0)
            shared.announceChange(of: root)
        }
    }

    private func watchTree(_ folder: FilePath, root: FilePath, depth: Int) {
        guard depth < Self.deepest else {
            return _ = shared.continuation.yield(.blind(root: root, folder: folder, reason: "more than \(Self.deepest) folders deep"))
        }
        if !folders.contains(folder) {
            let events = depth == 0 ? Self.events & ~UInt32(IN_DONT_FOLLOW) : Self.events
            let watched = folder.withPlatformString { inotifytools_watch_file($0, Int32(bitPattern: events)) } != 0
            let code = SystemError(inotifytools_error())
            guard watched else {
                guard !code.isNothingThere else {
                    if depth == 0 { shared.continuation.yield(.lost(root: root)) }
                    return
                }
                return _ = shared.continuation.yield(.blind(root: root, folder: folder, reason: Self.reason(code)))
            }
            folders.insert(folder)
        }
        guard let stream = folder.withPlatformString({ opendir($0) }) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            guard entry.pointee.d_type == UInt8(DT_DIR) || entry.pointee.d_type == UInt8(DT_UNKNOWN) else { continue }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { FilePath(bytes: $0.prefix { $0 != 0 }) }
            if name.bytes == [0x2E] || name.bytes == [0x2E, 0x2E] { continue }
            watchTree(folder.appending(name), root: root, depth: depth + 1)
        }
    }

    private func forget(below folder: FilePath) {
        for gone in folders.filter({ $0.isInside(folder) }) {
            // The library's name of a folder ends in a slash.
            _ = (gone.bytes.map(CChar.init(bitPattern:)) + [CChar(UInt8(ascii: "/")), 0]).withUnsafeBufferPointer {
                $0.baseAddress.map(inotifytools_remove_watch_by_filename)
            }
            folders.remove(gone)
        }
        shared.files.withLock { $0.forget(below: folder) }
    }

    /// Tries a watch of its own, which goes at once.
    static func obstacle(to folder: FilePath) -> String? {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return "inotify: \(SystemError.last)" }
        defer { close(descriptor) }
        guard folder.withPlatformString({ inotify_add_watch(descriptor, $0, events & ~UInt32(IN_DONT_FOLLOW)) }) < 0 else { return nil }
        return reason(.last)
    }

    private static func reason(_ code: SystemError) -> String {
        code.isFull ? "the system's limit fs.inotify.max_user_watches is reached; raise it" : code.description
    }
}
