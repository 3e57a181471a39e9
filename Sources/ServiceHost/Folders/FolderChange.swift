import Files
package import SystemPackage

/// What a watcher has to say.
package enum FolderChange: Sendable, Equatable {
    /// Something below this root changed; look again. Many changes may come as one.
    case changed(root: FilePath)
    /// The root itself went away or was unmounted; it must be watched anew when it is back.
    case lost(root: FilePath)
    /// This root or a folder below it can't be watched (the system's limit on watches, permissions): only looking sees changes there.
    case blind(root: FilePath, folder: FilePath, reason: String)
}
