import Files

/// The file behind mapped weights, held open to ask whether it still has all of them.
///
/// A look beyond the end of a file that was cut off would end the process; a file that was removed or replaced keeps its bytes.
final class WeightCacheMapping: Sendable {
    private let file: OpenFile
    private let size: Int

    /// Holds the file open by a number of its own.
    init(of file: OpenFile, size: Int) throws(Problem) {
        do { self.file = try OpenFile(duplicating: file.descriptor) } catch { throw .refusedEntry("kept open", error) }
        self.size = size
    }

    /// Whether the file is as long as it was when it was mapped.
    var isWhole: Bool { ((try? file.status().facts.size) ?? -1) >= size }
}
