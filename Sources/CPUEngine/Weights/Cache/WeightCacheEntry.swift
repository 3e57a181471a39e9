import Files
import Glibc
import SystemPackage
import Tensors

/// A finished entry: a file that nobody but this user or root can have written, mapped for reading and shared with other processes.
struct WeightCacheEntry {
    let path: String
    let key: WeightCacheKey
    let count: Int

    /// Maps the entry and compares it with its checksum; nil where there is none.
    /// - Throws: what is wrong with it, without its path.
    func read(team: ThreadTeam) throws(Problem) -> PreparedWeights? {
        let file: OpenFile
        do {
            file = try OpenFile(FilePath(path), [.reading, .noFollow])
        } catch {
            if error.isNothingThere { return nil }
            throw error.isLink ? Problem(.foreign, "it is a symbolic link") : .refusedEntry("opened", error)
        }
        try check(file)
        let mapped: UnsafeMutableRawBufferPointer
        do { mapped = try file.map(WeightCacheHeader.fileSize(count: count)) } catch { throw .refusedEntry("mapped", error) }
        let values = FloatBuffer(mapping: mapped, offset: WeightCacheHeader.size, count: count)
        let checksum = try WeightCacheHeader.checksum(in: UnsafeRawBufferPointer(mapped), key: key, count: count)
        guard values.checksum(team: team) == checksum else { throw Problem(.damaged, "its values differ from their checksum") }
        file.touch()  // used now, so evicted later; an entry of root's keeps its time
        let mapping = try WeightCacheMapping(of: file, size: mapped.count)
        return PreparedWeights(weights: NetworkWeights(buffer: values), isFromCache: true, mapping: mapping)
    }

    private func check(_ file: OpenFile) throws(Problem) {
        let status: FileStatus
        do { status = try file.status() } catch { throw .refusedEntry("examined", error) }
        guard status.facts.kind == .file else { throw Problem(.foreign, "it is not a regular file") }
        guard status.owner == geteuid() || status.owner == 0 else {
            throw Problem(.mismatch, "it belongs to user \(status.owner), expected \(geteuid()) or root")
        }
        guard status.permissions & 0o022 == 0 else {
            throw Problem(.mismatch, "others than its owner may write to it (mode \(String(status.permissions, radix: 8)))")
        }
        let size = WeightCacheHeader.fileSize(count: count)
        guard status.facts.size == size else { throw Problem(.mismatch, "it has \(status.facts.size) bytes, expected \(size)") }
    }
}

extension Problem {
    /// An entry that the system doesn't let be used; "opened", "mapped". Its path is the caller's to add.
    static func refusedEntry(_ action: String, _ cause: SystemError) -> Problem {
        Problem(.unreadable, "it can't be \(action): \(cause)", cause: cause)
    }
}
