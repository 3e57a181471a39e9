import Files
import Glibc
import Tensors

/// A finished entry: a file that nobody but this user or root can have written, mapped for reading and shared with other processes.
struct WeightCacheEntry {
    let path: String
    let key: WeightCacheKey
    let count: Int

    /// Maps the entry and compares it with its checksum; nil where there is none.
    /// - Throws: what is wrong with it, without its path.
    func read(team: ThreadTeam) throws(Problem) -> PreparedWeights? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw errno == ELOOP ? Problem(.foreign, "it is a symbolic link") : .refusedEntry("opened", .last)
        }
        defer { close(file) }
        try check(file)
        let size = WeightCacheHeader.fileSize(count: count)
        guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, file, 0), address != MAP_FAILED else {
            throw .refusedEntry("mapped", .last)
        }
        let values = FloatBuffer(
            mapping: UnsafeMutableRawBufferPointer(start: address, count: size), offset: WeightCacheHeader.size, count: count)
        let checksum = try WeightCacheHeader.checksum(in: UnsafeRawBufferPointer(start: address, count: size), key: key, count: count)
        guard values.checksum(team: team) == checksum else { throw Problem(.damaged, "its values differ from their checksum") }
        _ = futimens(file, nil)  // used now, so evicted later; an entry of root's keeps its time
        let mapping = try WeightCacheMapping(of: file, size: size)
        return PreparedWeights(weights: NetworkWeights(buffer: values), isFromCache: true, mapping: mapping)
    }

    private func check(_ file: Int32) throws(Problem) {
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw .refusedEntry("examined", .last) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw Problem(.foreign, "it is not a regular file") }
        guard facts.st_uid == geteuid() || facts.st_uid == 0 else {
            throw Problem(.mismatch, "it belongs to user \(facts.st_uid), expected \(geteuid()) or root")
        }
        guard facts.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw Problem(.mismatch, "others than its owner may write to it (mode \(String(facts.st_mode & 0o7777, radix: 8)))")
        }
        let size = WeightCacheHeader.fileSize(count: count)
        guard Int(facts.st_size) == size else { throw Problem(.mismatch, "it has \(facts.st_size) bytes, expected \(size)") }
    }
}

extension Problem {
    /// An entry that the system doesn't let be used; "opened", "mapped". Its path is the caller's to add.
    static func refusedEntry(_ action: String, _ cause: SystemError) -> Problem {
        Problem(.unreadable, "it can't be \(action): \(cause)", cause: cause)
    }
}
