package import SystemPackage

/// A folder that appears under its name only when it is whole: filled beside it under a hidden name, then renamed over an older one.
package final class AtomicFolder {
    /// The final name.
    package let path: FilePath
    /// Where it is filled: hidden, in the same folder.
    package let draft: FilePath

    /// Makes the hidden folder.
    ///
    /// - Parameter path: the final name; folders above it that are missing are made.
    /// - Throws: `Problem` where no folder can be made, or where the name is that of something else than a folder.
    package init(path: FilePath) throws(Problem) {
        self.path = path
        if let found = try FileSystem.facts(of: path), found.kind != .folder { throw .refused("replaced", path: path, .taken) }
        draft = FilePath(AtomicFile.temporaryPath(beside: path.string))
        do throws(Problem) {
            try FileSystem.makeFolder(draft, mode: 0o755)
        } catch {
            throw .unwritable(path: path.shown, reason: error.reason, cause: error.cause)
        }
    }

    deinit { try? FileSystem.removeTree(draft) }

    /// Gives the folder its name where nothing has it.
    ///
    /// - Throws: `Problem` of kind `occupied` where something has come by that name.
    package func commitAsNew() throws(Problem) { try FileSystem.renameWithoutReplacing(draft, to: path) }

    /// Gives the folder its name; an older one of that name is removed with everything in it.
    package func commit() throws(Problem) {
        let old = FilePath(AtomicFile.temporaryPath(beside: path.string))
        let replaces = try FileSystem.facts(of: path) != nil
        do throws(SystemError) {
            if replaces { try FileSystem.rename(path, to: old) }
            do throws(SystemError) {
                try FileSystem.rename(draft, to: path)
            } catch {
                if replaces { try FileSystem.rename(old, to: path) }
                throw error
            }
        } catch {
            throw .unwritable(path: path.shown, error)
        }
        try FileSystem.synchronizeFolder(path.parent)
        try FileSystem.removeTree(old)
    }
}
