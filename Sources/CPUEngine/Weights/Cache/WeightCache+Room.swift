import Files
import FoundationEssentials
import Glibc

extension WeightCache {
    /// Makes the folder and those above it, for this user alone where they are new.
    func makeFolder() throws(Problem) {
        var path = ""
        for part in folder.split(separator: "/") {
            path += (path.isEmpty && !folder.hasPrefix("/") ? "" : "/") + part
            if mkdir(path, 0o700) != 0, errno != EEXIST, access(path, F_OK) != 0 { throw .unwritable(path: path, .last) }
        }
    }

    /// Removes the entries that were not used for longest until `size` bytes fit below the limit, and what dead processes left. Entries in
    /// use by other processes stay valid, since a mapped file goes with its last user.
    func makeRoom(for size: Int) throws(Problem) {
        guard size <= limit else { throw Problem(.tooLarge, "\(folder) may hold \(limit) bytes, and these weights have \(size)") }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw Problem(.unreadable, "\(folder) can't be listed")
        }
        for name in names where WeightCacheKey.isTemporary(name) { WeightCacheDraft.sweep(folder + "/" + name) }
        var entries: [(path: String, size: Int, used: (Int, Int))] = []
        for name in names where WeightCacheKey.isEntry(name) {
            var facts = stat()
            guard lstat(folder + "/" + name, &facts) == 0 else { continue }
            entries.append((folder + "/" + name, Int(facts.st_size), (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec)))
        }
        entries.sort { $0.used > $1.used }
        var total = entries.reduce(size) { $0 + $1.size }
        while total > limit, let oldest = entries.popLast() {
            total -= oldest.size
            unlink(oldest.path)
        }
    }
}
