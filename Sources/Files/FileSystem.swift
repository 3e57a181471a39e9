import CLinux
import Glibc
package import SystemPackage

/// The file system calls of a service that must not lose anything: nothing follows links, nothing replaces, everything reaches the disk.
package enum FileSystem {
    /// The facts of a path, links not followed; nil when nothing is there.
    package static func facts(of path: FilePath) throws(Problem) -> FileFacts? {
        do {
            return try status(of: path, followingLinks: false).facts
        } catch {
            if error.isNothingThere { return nil }
            throw .refused("examined", path: path, error)
        }
    }

    /// The names in a folder, sorted by bytes; nil when the folder isn't there.
    ///
    /// - `limit`: at most so many names are given.
    package static func names(in folder: FilePath, limit: Int = .max) throws(Problem) -> [FilePath]? {
        guard let stream = folder.withPlatformString({ opendir($0) }) else {
            let cause = SystemError.last
            if cause.isNothingThere { return nil }
            throw .refused("listed", path: folder, cause)
        }
        defer { closedir(stream) }
        var names: [FilePath] = []
        while names.count < limit {
            errno = 0
            guard let entry = readdir(stream) else {
                let cause = SystemError.last
                if cause.code != 0 { throw .refused("listed", path: folder, cause) }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { FilePath(bytes: $0.prefix { $0 != 0 }) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted(by: <)
    }

    /// Makes a folder and those above it that are missing, each flushed to the disk.
    ///
    /// - `mode`: of a new folder, before the process's mask.
    /// - `acceptsLink`: whether a symbolic link to a folder will do, as where a person names the place.
    package static func makeFolder(_ path: FilePath, mode: UInt32 = 0o777, acceptsLink: Bool = false) throws(Problem) {
        do {
            try makeOneFolder(path, mode: mode, acceptsLink: acceptsLink)
        } catch {
            // Some file systems say of a folder that is there that nothing is, where none can be made in it.
            guard error.isAbsence, path.parent != path, (try? status(of: path.parent)) == nil else {
                throw .refused("made", path: path, error)
            }
            try makeFolder(path.parent, mode: mode, acceptsLink: acceptsLink)
            do {
                try makeOneFolder(path, mode: mode, acceptsLink: acceptsLink)
            } catch {
                throw .refused("made", path: path, error)
            }
        }
    }

    /// A folder in a folder that is there, flushed to the disk; one that is there already is fine.
    private static func makeOneFolder(_ path: FilePath, mode: UInt32, acceptsLink: Bool) throws(SystemError) {
        do {
            _ = try SystemError.repeating { path.withPlatformString { mkdir($0, mode) } }
        } catch {
            guard error.isCollision else { throw error }
            guard (try? status(of: path, followingLinks: acceptsLink).facts.kind) == .folder else { throw .notAFolder }
            return
        }
        try FileDraft.synchronizeEntries(beside: path)
    }

    /// Renames where nothing has the new name; throws a collision otherwise.
    ///
    /// - `flush`: whether both folders are flushed to the disk.
    package static func renameWithoutReplacing(_ old: FilePath, to new: FilePath, flush: Bool = true) throws(Problem) {
        do throws(SystemError) {
            try exclusivelyRename(old, to: new)
        } catch {
            throw .refused("renamed to \(new.shown)", path: old, error)
        }
        guard flush else { return }
        try synchronizeFolder(new.parent)
        if old.parent != new.parent { try synchronizeFolder(old.parent) }
    }

    private static func exclusivelyRename(_ old: FilePath, to new: FilePath) throws(SystemError) {
        func call(_ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32) throws(SystemError) {
            _ = try SystemError.repeating { old.withPlatformString { old in new.withPlatformString { body(old, $0) } } }
        }
        do {
            try call { renameat2(AT_FDCWD, $0, AT_FDCWD, $1, UInt32(linux_rename_noreplace)) }
        } catch {
            // NFS and others: look, then rename; a folder that isn't empty is still never replaced.
            guard error.isUnsupported else { throw error }
            do {
                _ = try status(of: new, followingLinks: false)
            } catch {
                guard error.isNothingThere else { throw error }
                return try rename(old, to: new)
            }
            throw .taken
        }
    }

    /// Renames, replacing what has the new name; nothing is flushed.
    package static func rename(_ old: FilePath, to new: FilePath) throws(SystemError) {
        _ = try SystemError.repeating { old.withPlatformString { old in new.withPlatformString { Glibc.rename(old, $0) } } }
    }

    /// Takes the right to write to mapped memory.
    package static func forbidWriting(_ memory: UnsafeMutableRawBufferPointer) throws(SystemError) {
        _ = try SystemError.repeating { mprotect(memory.baseAddress, memory.count, PROT_READ) }
    }

    /// Flushes a folder's entries to the disk, where its file system can.
    package static func synchronizeFolder(_ path: FilePath) throws(Problem) {
        do { try FileDraft.synchronize(folder: path) } catch { throw .refused("flushed", path: path, error) }
    }

    /// Removes a file; its absence is fine.
    package static func removeFile(_ path: FilePath) throws(Problem) {
        try removing(path) { unlink($0) }
    }

    /// Removes a folder with everything in it, links as links; its absence is fine.
    package static func removeTree(_ path: FilePath) throws(Problem) {
        guard let found = try facts(of: path) else { return }
        guard found.kind == .folder else { return try removeFile(path) }
        for name in try names(in: path) ?? [] { try removeTree(path.appending(name)) }
        try removeFolder(path)
    }

    /// Removes an empty folder; its absence is fine.
    package static func removeFolder(_ path: FilePath) throws(Problem) {
        try removing(path) { rmdir($0) }
    }

    /// Removes a folder if it is empty; one that isn't, or can't be removed now, stays. Gives whether it went.
    @discardableResult
    package static func removeEmptyFolder(_ path: FilePath) -> Bool {
        path.withPlatformString { rmdir($0) } == 0
    }

    private static func removing(_ path: FilePath, _ call: (UnsafePointer<CChar>) -> Int32) throws(Problem) {
        do {
            _ = try SystemError.repeating { path.withPlatformString(call) }
        } catch {
            guard error.isAbsence else { throw .refused("removed", path: path, error) }
        }
    }

    /// The bytes free to this process on the file system of a path.
    package static func freeBytes(at path: FilePath) throws(Problem) -> Int {
        var facts = statfs()
        do {
            _ = try SystemError.repeating { path.withPlatformString { statfs($0, &facts) } }
        } catch {
            throw .refused("asked for its free space", path: path, error)
        }
        return Int(clamping: UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_bsize)).partialValue)
    }
}
