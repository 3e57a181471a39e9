import Files
import Glibc
import ServiceHost
import SystemPackage

/// Removes folders that cases were taken from, once they have been empty for the settle time and nobody is in them.
///
/// Only folders it is told of go, and only what an operating system left in them (`Thumbs.db`) goes with them.
struct EmptiedFolders: Sendable {
    /// Below the inbox.
    private(set) var folders: Set<FilePath>
    private var emptySince: [FilePath: ContinuousClock.Instant] = [:]
    private let inbox: FilePath
    private let settle: Duration

    init(_ folders: Set<FilePath>, inbox: FilePath, settle: Duration) {
        self.folders = folders
        self.inbox = inbox
        self.settle = settle
    }

    /// The folders of these files, and those above them, may go when they are empty.
    mutating func add(foldersOf files: some Sequence<FilePath>) {
        for file in files {
            var folder = file.parent
            while folder != FilePath("."), folders.insert(folder).inserted { folder = folder.parent }
        }
    }

    /// Removes what may go now, and forgets what is gone; gives how long until more may go, nil when nothing waits for that.
    mutating func tidy(at now: ContinuousClock.Instant) -> Duration? {
        var empty: Set<FilePath> = []
        for folder in folders.sorted(by: { $0.bytes.count > $1.bytes.count }) {
            let names: [FilePath]
            do {
                guard let found = try FileSystem.names(in: inbox.appending(folder)) else {
                    folders.remove(folder)
                    continue
                }
                names = found
            } catch {
                continue  // it can't be asked now and is asked again
            }
            let isEmpty = names.allSatisfy { empty.contains(folder.appending($0)) || EntryName($0) == .system(isRemovable: true) }
            if isEmpty { empty.insert(folder) }
        }
        emptySince = Dictionary(uniqueKeysWithValues: empty.map { ($0, emptySince[$0] ?? now) })
        guard !empty.isEmpty else { return nil }
        let due = empty.filter { now - (emptySince[$0] ?? now) >= settle }
        let waits = empty.count > due.count || !remove(due)
        return waits ? settle : nil
    }

    /// Whether all of them went. Trees in which somebody stands stay as they are.
    private mutating func remove(_ due: Set<FilePath>) -> Bool {
        var all = true
        let trees = Dictionary(grouping: due) { $0.names.first ?? $0 }
        for tree in trees.values {
            guard FolderUse.anybody(in: tree.map(inbox.appending)) == nil else {
                all = false
                continue
            }
            for folder in tree.sorted(by: { $0.bytes.count > $1.bytes.count }) {
                let path = inbox.appending(folder)
                do throws(Problem) {
                    for name in try FileSystem.names(in: path) ?? [] where EntryName(name) == .system(isRemovable: true) {
                        let item = path.appending(name)
                        if EntryName.isSystemFolder(name) { try FileSystem.removeTree(item) } else { try FileSystem.removeFile(item) }
                    }
                    try FileSystem.removeFolder(path)
                    folders.remove(folder)
                    emptySince[folder] = nil
                } catch {
                    all = false  // something came into it meanwhile, or it may not be removed: it stays and is tried again
                }
            }
        }
        return all
    }
}
