import Glibc

/// A file as `stat(2)` describes it: equal versions hold the same bytes.
struct FileVersion: Sendable, Hashable {
    let path: String
    /// Device, inode, size, time of the last write and, where it was asked for, of the last change; nil where there is no file.
    private let facts: [Int]?

    /// The file as it is now.
    ///
    /// - `countsChanges`: whether the time of change counts, too: any write sets it and users can't set it back, but new rights and names
    ///   set it as well.
    init(_ path: String, countsChanges: Bool) {
        self.path = path
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            self.facts = nil
            return
        }
        let content = [Int(truncatingIfNeeded: facts.st_dev), Int(truncatingIfNeeded: facts.st_ino), Int(facts.st_size)]
        let times = [facts.st_mtim] + (countsChanges ? [facts.st_ctim] : [])
        self.facts = content + times.flatMap { [$0.tv_sec, $0.tv_nsec] }
    }

    var isThere: Bool { facts != nil }
}
