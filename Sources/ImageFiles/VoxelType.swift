import Imaging
import Tensors

/// The numbers that a file's voxels are.
enum VoxelType: String, Sendable, CaseIterable {
    case uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64

    /// Bytes of a number.
    var size: Int {
        switch self {
        case .uint8, .int8: 1
        case .uint16, .int16, .float16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }
}

/// A file's voxels as they are stored, in native byte order.
struct StoredVoxels: ~Copyable {
    let type: VoxelType
    /// Channels that lie side by side in each voxel; 1 where one follows after the other.
    let interleaved: Int
    let bytes: Buffer<UInt8>

    /// Voxels that can't be computed with.
    struct Unusable {
        /// NaN or infinite in the file.
        var notFinite = 0
        /// Finite in the file, but beyond float32.
        var tooLarge = 0
    }

    /// float32, one channel after the other; what is NaN or infinite is 0 where that is asked for.
    ///
    /// - `start`: the first voxel, where `target` is but a part of a single channel.
    func convert(from start: Int = 0, to target: inout MutableSpan<Float>, zeroingNotFinite: Bool) -> Unusable {
        switch type {
        case .uint8: convert(UInt8.self, from: start, to: &target, zeroingNotFinite)
        case .int8: convert(Int8.self, from: start, to: &target, zeroingNotFinite)
        case .uint16: convert(UInt16.self, from: start, to: &target, zeroingNotFinite)
        case .int16: convert(Int16.self, from: start, to: &target, zeroingNotFinite)
        case .uint32: convert(UInt32.self, from: start, to: &target, zeroingNotFinite)
        case .int32: convert(Int32.self, from: start, to: &target, zeroingNotFinite)
        case .uint64: convert(UInt64.self, from: start, to: &target, zeroingNotFinite)
        case .int64: convert(Int64.self, from: start, to: &target, zeroingNotFinite)
        case .float16: convert(Float16.self, from: start, to: &target, zeroingNotFinite)
        case .float32: convert(Float.self, from: start, to: &target, zeroingNotFinite)
        case .float64: convert(Double.self, from: start, to: &target, zeroingNotFinite)
        }
    }

    /// Whole numbers from 0 to 65535, of one channel; gives the number of voxels that are none.
    func copyLabels(to target: inout MutableSpan<UInt16>) -> Int {
        var chunk = Buffer<Float>(uninitializedCount: 1 << 16, hugePages: false)
        var (done, wrong) = (0, 0)
        while done < target.count {
            let count = min(chunk.count, target.count - done)
            var all = chunk.mutableSpan
            var values = all.part(0, count: count)
            _ = convert(from: done, to: &values, zeroingNotFinite: false)
            for i in values.indices {
                let label = UInt16(exactly: values[i])
                target[done + i] = label ?? 0
                wrong += label == nil ? 1 : 0
            }
            done += count
        }
        return wrong
    }

    /// Joins the facts.
    init(type: VoxelType, interleaved: Int, bytes: consuming Buffer<UInt8>) {
        self.type = type
        self.interleaved = interleaved
        self.bytes = bytes
    }

    @inline(__always)
    private func convert<Voxel: StoredVoxel>(
        _ voxel: Voxel.Type, from start: Int, to target: inout MutableSpan<Float>, _ zeroesNotFinite: Bool
    ) -> Unusable {
        let size = MemoryLayout<Voxel>.size
        precondition(bytes.count >= (start + target.count) * size && target.count % interleaved == 0)
        let raw = bytes.span.bytes
        let perChannel = target.count / interleaved
        var unusable = Unusable()
        for channel in 0..<interleaved {
            for i in 0..<perChannel {
                // Unchecked: the counts agree.
                let stored = raw.unsafeLoadUnaligned(fromUncheckedByteOffset: (start + i * interleaved + channel) * size, as: voxel)
                let result = stored.float
                unusable.notFinite &+= stored.isFinite ? 0 : 1
                unusable.tooLarge &+= stored.isFinite && !result.isFinite ? 1 : 0
                target[unchecked: channel * perChannel + i] = stored.isFinite || !zeroesNotFinite ? result : 0
            }
        }
        return unusable
    }
}
