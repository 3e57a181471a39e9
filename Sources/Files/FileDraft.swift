import Glibc
import SystemPackage

/// A file in the making under another name in its folder: synced and renamed when it is whole, removed when it never is.
final class FileDraft {
    let path: FilePath
    let temporary: FilePath
    let file: OpenFile
    private var isCommitted = false

    /// - `temporary`: where the file is meanwhile.
    /// - `options`: what the file is opened with; it is made where it isn't there.
    init(_ path: FilePath, at temporary: FilePath, _ options: OpenFile.Options, mode: UInt32) throws(SystemError) {
        (self.path, self.temporary) = (path, temporary)
        file = try OpenFile(temporary, options, mode: mode)
    }

    deinit {
        if !isCommitted { _ = temporary.withPlatformString { unlink($0) } }
    }

    /// Syncs the content to the disk, gives the file its final name (replacing an older one), and syncs the folder.
    func commit() throws(SystemError) {
        try file.synchronize()
        try Self.rename(temporary, to: path)
        isCommitted = true
    }

    /// Gives a synced file its final name and syncs the folder.
    static func rename(_ temporary: FilePath, to path: FilePath) throws(SystemError) {
        try FileSystem.rename(temporary, to: path)
        try synchronizeEntries(beside: path)
    }

    /// Flushes the entries of a path's folder; one that may be written to and not be read can't be asked for that.
    static func synchronizeEntries(beside path: FilePath) throws(SystemError) {
        do {
            try synchronize(folder: path.parent)
        } catch {
            guard error.isDenial else { throw error }
        }
    }

    /// Flushes a folder's entries to the disk, where its file system can.
    static func synchronize(folder: FilePath) throws(SystemError) {
        let folder = try OpenFile(folder, .folder)
        do {
            try folder.synchronize()
        } catch {
            guard error.isUnsupported || error.isReadOnly else { throw error }
        }
    }
}
