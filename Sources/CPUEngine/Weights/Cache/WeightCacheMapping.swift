import Files
import Glibc

/// The file behind mapped weights, held open to ask whether it still has all of them.
///
/// A look beyond the end of a file that was cut off would end the process; a file that was removed or replaced keeps its bytes.
final class WeightCacheMapping: Sendable {
    private let file: Int32
    private let size: Int

    /// Holds the file open by a descriptor of its own.
    init(of file: Int32, size: Int) throws(Problem) {
        self.file = fcntl(file, F_DUPFD_CLOEXEC, 0)
        self.size = size
        guard self.file >= 0 else { throw .refusedEntry("kept open", .last) }
    }

    deinit { close(file) }

    /// Whether the file is as long as it was when it was mapped.
    var isWhole: Bool {
        var facts = stat()
        return fstat(file, &facts) == 0 && Int(facts.st_size) >= size
    }
}
