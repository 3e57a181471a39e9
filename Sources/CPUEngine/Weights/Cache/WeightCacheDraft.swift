import Files
import Glibc
import SystemPackage
import Tensors

/// An entry in the making: a temporary file beside the final name, locked by its one writer and gone with it unless published.
final class WeightCacheDraft {
    private let entry: WeightCacheEntry
    private let temporaryPath: String
    private let file: OpenFile
    private var isPublished = false

    /// Creates and locks the file; waits while another process makes the same entry.
    init(_ entry: WeightCacheEntry) throws(Problem) {
        self.entry = entry
        temporaryPath = entry.path + WeightCacheKey.temporaryEnding
        file = try Self.openLocked(temporaryPath)
    }

    deinit {
        if !isPublished { unlink(temporaryPath) }
        file.unlock()  // the mapping holds the file open, and the lock with it, as long as the values are used
    }

    /// A lock is worth something only while the file still has its name: its last owner may have renamed or removed it meanwhile.
    private static func openLocked(_ path: String) throws(Problem) -> OpenFile {
        do throws(SystemError) {
            while true {
                let file = try OpenFile(FilePath(path), [.readingAndWriting, .create, .noFollow], mode: 0o600)
                _ = try file.lock(waits: true)
                if file.hasName(FilePath(path)) { return file }
            }
        } catch {
            throw .unwritable(path: path, error)
        }
    }

    /// Removes a temporary file that no living process has locked.
    static func sweep(_ path: String) {
        guard let file = try? OpenFile(FilePath(path), [.readingAndWriting, .noFollow]) else { return }
        if (try? file.lock(waits: false)) == true, file.hasName(FilePath(path)) { unlink(path) }
    }

    /// Gives the file its size and maps it, all zeros.
    func map() throws(Problem) -> FloatBuffer {
        let size = WeightCacheHeader.fileSize(count: entry.count)
        do throws(SystemError) {
            try file.setPermissions(0o600)
            try file.allocate(size)
            return FloatBuffer(mapping: try file.map(size, isWritable: true), offset: WeightCacheHeader.size, count: entry.count)
        } catch {
            throw .unwritable(path: temporaryPath, error)
        }
    }

    /// Writes the header, syncs everything to the disk, gives the file its final name, and forbids writing to `values`, which `map` gave.
    func publish(_ values: borrowing FloatBuffer, team: ThreadTeam) throws(Problem) -> WeightCacheMapping {
        let kept = try WeightCacheMapping(of: file, size: WeightCacheHeader.fileSize(count: entry.count))
        guard let start = values.unsafeStorage.baseAddress else { return kept }
        let mapping = UnsafeMutableRawBufferPointer(
            start: UnsafeMutableRawPointer(start) - WeightCacheHeader.size, count: WeightCacheHeader.fileSize(count: entry.count))
        WeightCacheHeader(key: entry.key, count: entry.count, checksum: values.checksum(team: team)).write(to: mapping)
        do throws(SystemError) {
            try file.synchronize()
            try FileSystem.forbidWriting(mapping)
            try FileSystem.rename(FilePath(temporaryPath), to: FilePath(entry.path))
        } catch {
            throw .unwritable(path: temporaryPath, error)
        }
        isPublished = true
        return kept
    }
}
