import Files
import Glibc
import Tensors

/// An entry in the making: a temporary file beside the final name, locked by its one writer and gone with it unless published.
final class WeightCacheDraft {
    private let entry: WeightCacheEntry
    private let temporaryPath: String
    private let file: Int32
    private var isPublished = false

    /// Creates and locks the file; waits while another process makes the same entry.
    init(_ entry: WeightCacheEntry) throws(Problem) {
        self.entry = entry
        temporaryPath = entry.path + WeightCacheKey.temporaryEnding
        file = try Self.openLocked(temporaryPath)
    }

    deinit {
        if !isPublished { unlink(temporaryPath) }
        flock(file, LOCK_UN)  // the mapping holds the file open, and the lock with it, as long as the values are used
        close(file)
    }

    /// A lock is worth something only while the file still has its name: its last owner may have renamed or removed it meanwhile.
    private static func openLocked(_ path: String) throws(Problem) -> Int32 {
        while true {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
            guard file >= 0 else { throw .unwritable(path: path, .last) }
            var result = flock(file, LOCK_EX)
            while result != 0, errno == EINTR { result = flock(file, LOCK_EX) }
            guard result == 0 else {
                let problem = Problem.unwritable(path: path, .last)
                close(file)
                throw problem
            }
            if hasName(path, file) { return file }
            close(file)
        }
    }

    /// Whether `path` is the open file itself.
    private static func hasName(_ path: String, _ file: Int32) -> Bool {
        var (named, opened) = (stat(), stat())
        return lstat(path, &named) == 0 && fstat(file, &opened) == 0 && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
    }

    /// Removes a temporary file that no living process has locked.
    static func sweep(_ path: String) {
        let file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return }
        if flock(file, LOCK_EX | LOCK_NB) == 0, hasName(path, file) { unlink(path) }
        close(file)
    }

    /// Gives the file its size and maps it, all zeros. The disk's room is taken first, so that a full disk is an error here and not a
    /// signal at the first write.
    func map() throws(Problem) -> FloatBuffer {
        let size = WeightCacheHeader.fileSize(count: entry.count)
        var limit = rlimit()
        // Beyond this limit the kernel sends a signal that ends the process.
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limit) == 0, limit.rlim_cur >= size else {
            throw .unwritable(path: temporaryPath, SystemError(EFBIG))
        }
        guard fchmod(file, 0o600) == 0, ftruncate(file, 0) == 0 else { throw .unwritable(path: temporaryPath, .last) }
        let code = posix_fallocate(file, 0, size)
        guard code == 0 else { throw .unwritable(path: temporaryPath, SystemError(code)) }
        guard let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), address != MAP_FAILED else {
            throw .unwritable(path: temporaryPath, .last)
        }
        return FloatBuffer(
            mapping: UnsafeMutableRawBufferPointer(start: address, count: size), offset: WeightCacheHeader.size, count: entry.count)
    }

    /// Writes the header, syncs everything to the disk, gives the file its final name, and forbids writing to `values`, which `map` gave.
    func publish(_ values: borrowing FloatBuffer, team: ThreadTeam) throws(Problem) -> WeightCacheMapping {
        let kept = try WeightCacheMapping(of: file, size: WeightCacheHeader.fileSize(count: entry.count))
        guard let start = values.unsafeStorage.baseAddress else { return kept }
        let mapping = UnsafeMutableRawBufferPointer(
            start: UnsafeMutableRawPointer(start) - WeightCacheHeader.size, count: WeightCacheHeader.fileSize(count: entry.count))
        WeightCacheHeader(key: entry.key, count: entry.count, checksum: values.checksum(team: team)).write(to: mapping)
        guard fsync(file) == 0 else { throw .unwritable(path: temporaryPath, .last) }
        guard mprotect(mapping.baseAddress, mapping.count, PROT_READ) == 0 else {
            throw .unwritable(path: temporaryPath, .last)
        }
        guard rename(temporaryPath, entry.path) == 0 else { throw .unwritable(path: temporaryPath, .last) }
        isPublished = true
        return kept
    }
}
