import CLinux
import Glibc

/// The file system calls of a service that must not lose anything: nothing follows links, nothing replaces, everything reaches the disk.
package enum FileSystem {
    /// The facts of a path, links not followed; nil when nothing is there.
    package static func facts(of path: RawPath) throws(Problem) -> FileFacts? {
        var facts = stat()
        guard path.withCString({ lstat($0, &facts) }) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Problem.refused("examined", path: path, code: errno)
        }
        return FileFacts(facts)
    }

    /// The names in a folder, sorted by bytes; nil when the folder isn't there.
    ///
    /// - `limit`: at most so many names are given.
    package static func names(in folder: RawPath, limit: Int = .max) throws(Problem) -> [RawPath]? {
        guard let stream = folder.withCString({ opendir($0) }) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Problem.refused("listed", path: folder, code: errno)
        }
        defer { closedir(stream) }
        var names: [RawPath] = []
        while names.count < limit {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw Problem.refused("listed", path: folder, code: errno) }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { RawPath(bytes: Array($0.prefix { $0 != 0 })) }
            if name.bytes != [0x2E], name.bytes != [0x2E, 0x2E] { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a folder and those above it that are missing, each flushed to the disk.
    package static func makeFolder(_ path: RawPath) throws(Problem) {
        if path.withCString({ mkdir($0, 0o777) }) == 0 { return try synchronizeFolder(path.parent) }
        switch errno {
        case EEXIST:
            guard try facts(of: path)?.kind == .folder else { throw Problem.refused("made a folder", path: path, code: ENOTDIR) }
        case ENOENT where path.parent != path:
            try makeFolder(path.parent)
            try makeFolder(path)
        default:
            throw Problem.refused("made", path: path, code: errno)
        }
    }

    /// Renames where nothing has the new name; throws a collision otherwise.
    ///
    /// - `flush`: whether both folders are flushed to the disk.
    package static func renameWithoutReplacing(_ old: RawPath, to new: RawPath, flush: Bool = true) throws(Problem) {
        var code: Int32 = 0
        old.withCString { old in
            new.withCString { new in
                if renameat2(AT_FDCWD, old, AT_FDCWD, new, UInt32(linux_rename_noreplace)) != 0 { code = errno }
            }
        }
        // NFS and others: look, then rename; a folder that isn't empty is still never replaced.
        if code == EINVAL || code == ENOSYS || code == ENOTSUP {
            guard try facts(of: new) == nil else { throw Problem.refused("renamed to \(new)", path: old, code: EEXIST) }
            code = 0
            old.withCString { old in new.withCString { if rename(old, $0) != 0 { code = errno } } }
        }
        guard code == 0 else { throw Problem.refused("renamed to \(new)", path: old, code: code) }
        guard flush else { return }
        try synchronizeFolder(new.parent)
        if old.parent != new.parent { try synchronizeFolder(old.parent) }
    }

    /// Flushes a folder's entries to the disk, where its file system can.
    package static func synchronizeFolder(_ path: RawPath) throws(Problem) {
        let descriptor = path.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Problem.refused("opened", path: path, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS else {
            throw Problem.refused("flushed", path: path, code: errno)
        }
    }

    /// Removes a file; its absence is fine.
    package static func removeFile(_ path: RawPath) throws(Problem) {
        guard path.withCString({ unlink($0) }) == 0 || errno == ENOENT else {
            throw Problem.refused("removed", path: path, code: errno)
        }
    }

    /// Removes a folder with everything in it, links as links; its absence is fine.
    package static func removeTree(_ path: RawPath) throws(Problem) {
        guard let found = try facts(of: path) else { return }
        guard found.kind == .folder else { return try removeFile(path) }
        for name in try names(in: path) ?? [] { try removeTree(path.appending(name)) }
        guard path.withCString({ rmdir($0) }) == 0 || errno == ENOENT else {
            throw Problem.refused("removed", path: path, code: errno)
        }
    }

    /// Removes a folder if it is empty; one that isn't, or can't be removed now, stays.
    package static func removeEmptyFolder(_ path: RawPath) {
        _ = path.withCString { rmdir($0) }
    }

    /// The bytes free to this process on the file system of a path.
    package static func freeBytes(at path: RawPath) throws(Problem) -> Int {
        var facts = statfs()
        guard path.withCString({ statfs($0, &facts) }) == 0 else {
            throw Problem.refused("asked for its free space", path: path, code: errno)
        }
        return Int(clamping: UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_bsize)).partialValue)
    }
}
