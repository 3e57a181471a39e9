import Files
import FoundationEssentials
import Glibc
import SystemPackage

extension WeightCache {
    /// Makes the folder and those above it, for this user alone where they are new.
    func makeFolder() throws(Problem) {
        do throws(Problem) { try FileSystem.makeFolder(FilePath(folder), mode: 0o700, acceptsLink: true) } catch {
            throw .unwritable(path: folder, reason: error.reason)
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
        var entries: [(path: String, size: Int, used: Int)] = []
        for name in names where WeightCacheKey.isEntry(name) {
            guard let facts = try? FileSystem.facts(of: FilePath(folder + "/" + name)) else { continue }
            entries.append((folder + "/" + name, facts.size, facts.modified))
        }
        entries.sort { $0.used > $1.used }
        var total = entries.reduce(size) { $0 + $1.size }
        while total > limit, let oldest = entries.popLast() {
            total -= oldest.size
            unlink(oldest.path)
        }
    }
}
