package import SystemPackage

/// A folder that appears under its name only when it is whole: filled beside it under a hidden name, then renamed over an older one.
///
/// One that is there and empty stays the folder that it is, with its owner, mode and file system: it is filled in a hidden folder in it, and
/// the entries are moved up at the end.
package final class AtomicFolder {
    /// The final name.
    package let path: FilePath
    /// Where it is filled: hidden, in the same folder.
    package let draft: FilePath
    private let fillsExisting: Bool

    /// Makes the hidden folder.
    ///
    /// - Parameter path: the final name; folders above it that are missing are made.
    /// - Throws: `Problem` where no folder can be made, or where the name is that of something else than a folder.
    package init(path: FilePath) throws(Problem) {
        var path = path
        if try FileSystem.facts(of: path)?.kind == .link, let target = try? FileSystem.resolved(path) { path = target }
        self.path = path
        if let found = try FileSystem.facts(of: path), found.kind != .folder { throw .refused("replaced", path: path, .taken) }
        fillsExisting = try FileSystem.names(in: path, limit: 1)?.isEmpty ?? false
        draft = FilePath(AtomicFile.temporaryPath(beside: fillsExisting ? path.string + "/folder" : path.string))
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
    package func commitAsNew() throws(Problem) {
        if fillsExisting { return try moveUp() }
        try FileSystem.renameWithoutReplacing(draft, to: path)
    }

    /// Moves every entry of the hidden folder into the folder; none where one can't be.
    private func moveUp() throws(Problem) {
        var moved: [FilePath] = []
        do throws(Problem) {
            for name in try FileSystem.names(in: draft) ?? [] {
                try FileSystem.renameWithoutReplacing(draft.appending(name.components), to: path.appending(name.components), flush: false)
                moved.append(name)
            }
            try FileSystem.synchronizeFolder(path)
        } catch {
            for name in moved {
                try? FileSystem.renameWithoutReplacing(path.appending(name.components), to: draft.appending(name.components))
            }
            throw error
        }
    }

    /// Gives the folder its name; an older one of that name is removed with everything in it.
    package func commit() throws(Problem) {
        if fillsExisting { return try moveUp() }
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
