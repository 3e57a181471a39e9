package import ServiceHost

/// Reads what lies in an inbox; follows no links, opens no files, gives up beyond its limits instead of running on.
package struct InboxScanner: Sendable {
    /// The inbox, absolute.
    package let inbox: RawPath
    /// Folders below folders, at most.
    static let deepest = 32
    /// Files of one inbox, at most.
    static let fileLimit = 500_000

    package init(inbox: RawPath) { self.inbox = inbox }

    /// What is there now. A folder that can't be read is noted as ignored; only the inbox itself throws.
    package func scan() throws(FileSystemError) -> InboxSnapshot {
        var snapshot = InboxSnapshot()
        guard let names = try FileSystem.names(in: inbox, limit: Self.fileLimit) else {
            throw FileSystemError(action: "listed", path: inbox, code: 2)
        }
        for name in names { visit(name, depth: 0, into: &snapshot) }
        return snapshot
    }

    private func visit(_ path: RawPath, depth: Int, into snapshot: inout InboxSnapshot) {
        let name = path.lastComponent.bytes
        guard name.first != UInt8(ascii: ".") else { return }
        let facts: FileFacts
        do {
            guard let found = try FileSystem.facts(of: inbox.appending(path)) else { return }
            facts = found
        } catch {
            snapshot.ignored.append(.init(path: path, reason: "can't be examined: \(error.reason)"))
            return
        }
        switch facts.kind {
        case .file: add(path, facts, to: &snapshot)
        case .link: snapshot.ignored.append(.init(path: path, reason: "is a symbolic link, which is never followed; drop the file itself"))
        case .special: snapshot.ignored.append(.init(path: path, reason: "is a pipe, socket or device, no file"))
        case .folder: descend(path, depth: depth, into: &snapshot)
        }
    }

    private func add(_ path: RawPath, _ facts: FileFacts, to snapshot: inout InboxSnapshot) {
        guard snapshot.files.count < Self.fileLimit else {
            return snapshot.ignored.append(.init(path: RawPath(""), reason: "holds more than \(Self.fileLimit) files; the others wait"))
        }
        snapshot.files.append(.init(path: path, facts: facts, isPartial: Self.isPartial(path.lastComponent)))
    }

    private func descend(_ path: RawPath, depth: Int, into snapshot: inout InboxSnapshot) {
        guard depth < Self.deepest else {
            return snapshot.ignored.append(.init(path: path, reason: "lies more than \(Self.deepest) folders deep"))
        }
        do {
            for name in try FileSystem.names(in: inbox.appending(path), limit: Self.fileLimit) ?? [] {
                visit(path.appending(name), depth: depth + 1, into: &snapshot)
            }
        } catch {
            snapshot.ignored.append(.init(path: path, reason: "can't be listed: \(error.reason)"))
        }
    }

    /// Names that copying programs give to files they haven't finished.
    static func isPartial(_ name: RawPath) -> Bool {
        let endings = [".partial", ".part", ".tmp", ".temp", ".filepart", ".crdownload", ".download", "~"]
        return endings.contains { name.bytes.suffix($0.utf8.count).elementsEqual($0.utf8) }
    }
}
