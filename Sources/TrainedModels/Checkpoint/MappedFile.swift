import Files
import Glibc
import PythonFormats

/// A file's bytes in memory, read page by page when they are looked at. It must not be shortened while it is in use.
final class MappedFile: @unchecked Sendable {  // the mapping is read-only and lives as long as its owner
    let path: String
    // The mapping comes from mmap, which knows nothing but pointers.
    private let mapping: UnsafeRawBufferPointer

    /// Maps a regular file; anything else is refused, and opening never blocks on a pipe.
    init(path: String) throws(Problem) {
        let file: RegularFile
        do { file = try RegularFile(path: path) } catch { throw error.of(.model) }
        guard file.size > 0 else { throw .damagedModel(path: path, reason: "the file is empty") }
        do {
            mapping = UnsafeRawBufferPointer(try file.file.map(file.size, isPrivate: true))
        } catch {
            throw .unreadableModel(path: path, reason: error.description, cause: error)
        }
        madvise(UnsafeMutableRawPointer(mutating: mapping.baseAddress), mapping.count, MADV_SEQUENTIAL)
        self.path = path
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: mapping.baseAddress), mapping.count)
    }

    var count: Int { mapping.count }

    /// All bytes.
    var bytes: RawSpan {
        @_lifetime(borrow self) get { _overrideLifetime(RawSpan(_unsafeBytes: mapping), borrowing: self) }
    }

    /// A copy of some bytes.
    func copy(_ range: Range<Int>) -> [UInt8] { Array(mapping[range]) }

    /// Some bytes, for functions that take buffers.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(rebasing: mapping[range]))
    }

    /// The SHA-256 of all bytes in hexadecimal digits.
    var sha256: String {
        SHA256.hexadecimal(SHA256.digest(of: bytes))
    }
}
