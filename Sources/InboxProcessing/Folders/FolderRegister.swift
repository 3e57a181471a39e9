package import Files
import Foundation
import Glibc
import Synchronization
import SystemPackage

/// Knows the inboxes and outboxes again: a folder that was replaced because its disk is missing is not taken for an empty one.
///
/// Each folder carries a mark, a hidden file with a random name, and the state directory keeps which mark and which mounted file system
/// belong to which path. The right mark is proof. Without it, a folder on the same mounted file system was made anew, and one on a file
/// system that has been mounted over it came later; both are marked anew. Anything else is a mount point whose disk is away.
package final class FolderRegister: Sendable {
    /// The mark's name within a folder.
    package static let markName = ".nnunetd-folder"

    /// What is known of a folder.
    private struct Entry: Codable, Equatable {
        var mark: String
        var mount: MountedFileSystem
    }

    private let entries: Mutex<[String: Entry]?> = Mutex(nil)
    private let file: FilePath
    private let stateDirectory: String
    private let notice: @Sendable (String) -> Void

    /// - `notice`: told of folders that took another's place.
    package init(stateDirectory: String, notice: @escaping @Sendable (String) -> Void = { _ in }) {
        self.stateDirectory = stateDirectory
        file = FilePath(Self.file(in: stateDirectory))
        self.notice = notice
    }

    /// Where it is kept.
    static func file(in stateDirectory: String) -> String { stateDirectory + "/folders.json" }

    /// Makes sure that a folder is the one that it was, and marks it when it is new.
    ///
    /// - Parameters:
    ///   - folder: absolute.
    ///   - requiresMount: whether it must lie on another file system than `/` and the state directory.
    /// - Throws: `Problem` with what is wrong and what to do; nothing may be taken from or put into the folder then.
    package func confirm(_ folder: String, requiresMount: Bool) throws(Problem) {
        guard let change = try examine(folder, requiresMount: requiresMount) else { return }
        do throws(Problem) {
            if !change.isMarked {
                try FileSystem.write(Array("\(change.entry.mark)\n".utf8), to: FilePath(folder + "/" + Self.markName))
            }
        } catch {
            throw .unavailable(folder: folder, "the mark by which it is known again can't be left in it: \(error.reason)")
        }
        try record(change.entry, of: folder)
        if change.isReplaced { notice("\(folder) has been replaced by another folder, which is used from now on.") }
    }

    /// Whether a folder of this path was confirmed before; false where the register itself can't be read.
    func knows(_ folder: String) -> Bool { (try? load())?[folder] != nil }

    /// What `confirm` would throw; writes nothing.
    package func trouble(with folder: String, requiresMount: Bool) -> Problem? {
        do throws(Problem) {
            _ = try examine(folder, requiresMount: requiresMount)
            return nil
        } catch {
            return error
        }
    }

    /// What is to be recorded of a folder; nil when it is known as it is.
    private func examine(_ folder: String, requiresMount: Bool) throws(Problem) -> (
        entry: Entry, isMarked: Bool, isReplaced: Bool
    )? {
        let (mount, mark): (MountedFileSystem, String?)
        do throws(Problem) {
            if requiresMount { try requireMount(folder) }
            mount = try MountedFileSystem(of: FilePath(folder))
            mark = try Self.mark(in: folder)
        } catch {
            throw requiresMount && error.cause?.isNoDevice == true ? .unavailable(folder: folder, Self.noMount) : error
        }
        let known = try load()
        guard let entry = known[folder] else {
            return (Entry(mark: mark ?? UUID().uuidString.lowercased(), mount: mount), mark != nil, false)
        }
        if entry.mark == mark { return entry.mount == mount ? nil : (Entry(mark: entry.mark, mount: mount), true, false) }
        if let mark, let other = known.first(where: { $0.value.mark == mark })?.key {
            throw .unavailable(
                folder: folder, "it carries the mark of \(other): the two may have been exchanged. " + Self.acceptance(folder, entry.mark))
        }
        guard mount == entry.mount || mount.isMountedBelow(entry.mount) else {
            throw .unavailable(
                folder: folder,
                "it is not the folder that was here: that one lay on \(entry.mount), this one lies on \(mount). Mount the disk. "
                    + Self.acceptance(folder, entry.mark))
        }
        return (Entry(mark: mark ?? UUID().uuidString.lowercased(), mount: mount), mark != nil, true)
    }

    private static let noMount = "no disk or share is mounted there, as requires_mount asks; mount it"

    private static func acceptance(_ folder: String, _ mark: String) -> String {
        "If this folder is meant to take its place, say so with: echo \(mark) > \(folder)/\(markName)"
    }

    private func requireMount(_ folder: String) throws(Problem) {
        let device = try FileIdentity(ofFolder: FilePath(folder)).device
        for other in ["/", stateDirectory] where try FileIdentity(ofFolder: FilePath(other)).device == device {
            throw Problem.refused("found on a mount of its own", path: FilePath(folder), .noDevice)
        }
    }

    private static func mark(in folder: String) throws(Problem) -> String? {
        let path = FilePath(folder + "/" + markName)
        guard try FileSystem.facts(of: path) != nil else { return nil }
        return try FileSystem.readText(path, limit: 4096).split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    private func load() throws(Problem) -> [String: Entry] {
        if let loaded = entries.withLock({ $0 }) { return loaded }
        var loaded: [String: Entry] = [:]
        do {
            if try FileSystem.facts(of: file) != nil {
                loaded = try JSONDecoder().decode([String: Entry].self, from: Data(try FileSystem.readText(file, limit: 16 << 20).utf8))
            }
        } catch {
            throw error as? Problem
                ?? Problem(
                    .unavailable, at: file.shown, "is damaged",
                    advice: "move it away, and the folders as they are now are marked anew")
        }
        return entries.withLock { entries in
            if entries == nil { entries = loaded }
            return entries ?? loaded
        }
    }

    private func record(_ entry: Entry, of folder: String) throws(Problem) {
        _ = try load()
        try entries.withLock { entries throws(Problem) in
            var known = entries ?? [:]
            known[folder] = entry
            do {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                try FileSystem.write(Array(try encoder.encode(known)) + Array("\n".utf8), to: file)
            } catch {
                throw .unavailable(folder: folder, "the mark by which it is known again can't be recorded: \(error)")
            }
            entries = known
        }
    }
}

extension Problem {
    /// An inbox or outbox that can't be used now, although a folder may be there; in words, with what to do.
    fileprivate static func unavailable(folder: String, _ what: String) -> Problem { Problem(.unavailable, at: folder, what) }
}
