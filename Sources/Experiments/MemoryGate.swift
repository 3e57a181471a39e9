import Foundation
import ImageFiles
import Tensors

/// Lets as many cases be done at a time as fit into the memory: a large one waits, and one that never fits is done alone.
final class MemoryGate: @unchecked Sendable {  // guarded by `condition`
    private let condition = NSCondition()
    private let limit: Int
    private var taken = 0

    /// - `limit`: bytes; by default four fifths of what the process may use and does not hold yet.
    init(limit: Int = (MemoryLimit.current - MemoryLimit.held) / 5 * 4) { self.limit = limit }

    /// Does something that takes so many bytes when there is room for it.
    func withRoom<Result>(for bytes: Int, _ body: () -> Result) -> Result {
        condition.lock()
        while taken > 0, bytes > limit - taken { condition.wait() }
        taken += bytes
        condition.unlock()
        defer {
            condition.lock()
            taken -= bytes
            condition.broadcast()
            condition.unlock()
        }
        return body()
    }
}

extension TrainingCase {
    /// What reading the case takes, bytes, by its first image's header: voxels of all channels, labels, and twice a channel's foreground; 0 where
    /// the header can't be read.
    func memory(channelCount: Int, reader: ReaderWriter) -> Int {
        guard let path = imagePaths.first, let grid = try? readGrid(path: path, as: reader) else { return 0 }
        let perVoxel = 4 * channelCount + 2 + 8
        let bytes = grid.geometry.voxelCount.multipliedReportingOverflow(by: perVoxel)
        return bytes.overflow ? Int.max / 2 : min(bytes.partialValue, Int.max / 2)
    }
}
