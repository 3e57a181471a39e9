package import Files
import Glibc
package import SystemPackage

/// Reads what lies in an inbox; follows no links, opens no files, gives up beyond its limits instead of running on.
package struct InboxScanner: Sendable {
    /// The inbox, absolute.
    package let inbox: FilePath
    private let isCancelled: @Sendable () -> Bool
    /// Folders below folders, at most.
    static let deepest = 32
    /// Files of one inbox, at most.
    static let fileLimit = 500_000

    /// - `isCancelled`: asked at every entry; true ends the scan with `ECANCELED`.
    package init(inbox: FilePath, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.inbox = inbox
        self.isCancelled = isCancelled
    }

    /// What is there now. What can't be looked at below the inbox is noted as unreadable; only the inbox itself throws.
    package func scan() throws(Problem) -> InboxSnapshot {
        var snapshot = InboxSnapshot()
        guard let names = try FileSystem.names(in: inbox, limit: Self.fileLimit) else {
            throw Problem.refused("listed", path: inbox, .absent)
        }
        for name in names { try visit(name, depth: 0, into: &snapshot) }
        return snapshot
    }

    private func visit(_ path: FilePath, depth: Int, into snapshot: inout InboxSnapshot) throws(Problem) {
        guard !isCancelled() else { throw Problem.refused("listed to the end", path: inbox, SystemError(ECANCELED)) }
        let stage: InboxSnapshot.File.Stage
        switch EntryName(path.name) {
        case .system, .hidden: return
        case .plain: stage = .plain
        case .transfer(let target): stage = .transfer(of: target)
        case .editing(let target): stage = .editing(of: target)
        }
        let facts: FileFacts
        do {
            guard let found = try FileSystem.facts(of: inbox.appending(path)) else { return }
            facts = found
        } catch {
            return snapshot.unreadable.append(.init(path: path, reason: "can't be examined: \(error.reason)"))
        }
        switch facts.kind {
        case .file: add(.init(path: path, facts: facts, stage: stage), to: &snapshot)
        case .link:
            let reason = "is a symbolic link, which is never followed; drop the file itself"
            snapshot.ignored.append(.init(path: path, reason: reason, inode: facts.inode))
        case .special: snapshot.ignored.append(.init(path: path, reason: "is a pipe, socket or device, no file", inode: facts.inode))
        case .folder: try descend(path, facts, depth: depth, into: &snapshot)
        }
    }

    private func add(_ file: InboxSnapshot.File, to snapshot: inout InboxSnapshot) {
        guard snapshot.files.count < Self.fileLimit else {
            let rest = InboxSnapshot.Ignored(path: FilePath("."), reason: "holds more than \(Self.fileLimit) files; the others wait")
            if snapshot.ignored.last != rest { snapshot.ignored.append(rest) }
            return
        }
        snapshot.files.append(file)
    }

    private func descend(_ path: FilePath, _ facts: FileFacts, depth: Int, into snapshot: inout InboxSnapshot) throws(Problem) {
        guard depth < Self.deepest else {
            return snapshot.ignored.append(.init(path: path, reason: "lies more than \(Self.deepest) folders deep", inode: facts.inode))
        }
        snapshot.folders.append(path)
        let names: [FilePath]
        do {
            names = try FileSystem.names(in: inbox.appending(path), limit: Self.fileLimit) ?? []
        } catch {
            return snapshot.unreadable.append(.init(path: path, reason: "can't be listed: \(error.reason)", inode: facts.inode))
        }
        for name in names { try visit(path.appending(name), depth: depth + 1, into: &snapshot) }
    }
}
