package import Files

extension Problem {
    /// A second watcher was started; inotify's library keeps one state for the whole process.
    package static let watcherExists = Problem(.occupied, "a folder watcher already runs in this process; there can be one")

    /// The watcher's own plumbing (inotify, a temporary file, a thread) can't be had.
    package static func noWatcher(reason: String) -> Problem {
        Problem(.unavailable, "folders can't be watched: \(reason)", advice: "use polling")
    }
}
