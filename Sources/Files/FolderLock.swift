package import SystemPackage

/// A folder that only one process may use at a time; released when its owner goes or dies.
package final class FolderLock: Sendable {
    private let file: OpenFile

    /// Takes the lock; nil when another process holds it.
    ///
    /// - `path`: the lock file, made when it isn't there.
    package init?(path: FilePath) throws(Problem) {
        do {
            file = try OpenFile(path, [.readingAndWriting, .create, .noFollow], mode: 0o600)
            guard try file.lock(waits: false) else { return nil }
        } catch {
            throw .refused("locked", path: path, error)
        }
    }
}
