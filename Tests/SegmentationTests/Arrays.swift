import Imaging
import Plans
import Segmentation
import Tensors

/// One team for all tests; three threads even on one processor, so that races can show.
let team = ThreadTeam(threadCount: 3)

extension Tensor {
    /// A small array from its values in C order.
    init(shape: [Int], values: [Float]) {
        self.init(shape: shape, repeating: 0)
        for (index, value) in values.enumerated() { buffer[index] = value }
    }

    /// All values in C order.
    var values: [Float] { buffer.span.withUnsafeBufferPointer { Array($0) } }
}

extension VoxelBuffer {
    /// All values in C order.
    var values: [Element] { span.withUnsafeBufferPointer { Array($0) } }
}

/// A label map of unit spacing; `shape` is (z, y, x).
func labelMap(_ shape: [Int], _ values: [UInt16], spacing: SIMD3<Double> = SIMD3(repeating: 1)) -> LabelMap {
    var map = LabelMap(geometry: ImageGeometry(size: SIMD3(shape[2], shape[1], shape[0]), spacing: spacing), repeating: 0)
    for (index, value) in values.enumerated() { map.voxels[index] = value }
    return map
}

/// An image of unit spacing; `shape` is (z, y, x), `values` (channel, z, y, x).
func image(_ shape: [Int], _ values: [Float], channels: Int = 1) -> MultichannelImage {
    var voxels = VoxelBuffer<Float>(repeating: 0, count: values.count)
    for (index, value) in values.enumerated() { voxels[index] = value }
    return MultichannelImage(
        geometry: ImageGeometry(size: SIMD3(shape[2], shape[1], shape[0])), channelCount: channels, voxels: voxels)
}

/// Resamples one channel as the plans' function says.
func resample(
    _ values: [Float], _ shape: [Int], to target: [Int], current: [Double] = [1, 1, 1], new: [Double] = [1, 1, 1],
    _ function: ResamplingFunction
) throws -> [Float] {
    let resampling = try ImageResampling(function, from: shape, to: target, current: current, new: new)
    var result = [Float](repeating: .nan, count: resampling.outputShape.reduce(1, *))
    values.withUnsafeBufferPointer { source in
        result.withUnsafeMutableBufferPointer { result in
            if let source = source.baseAddress, let result = result.baseAddress { resampling.apply(source, result, team: team) }
        }
    }
    return result
}

/// Resamples labels as the plans' function says; the digits of the result in C order.
func resampleLabels(
    _ labels: [Int32], _ shape: [Int], to target: [Int], current: [Double] = [1, 1, 1], _ function: ResamplingFunction
) throws -> String {
    let resampling = try LabelResampling(function, from: shape, to: target, current: current, new: [1, 1, 1])
    var result = [Int32](repeating: -9, count: target.reduce(1, *))
    labels.withUnsafeBufferPointer { source in
        result.withUnsafeMutableBufferPointer { result in
            if let source = source.baseAddress, let result = result.baseAddress { resampling.apply(source, result, team: team) }
        }
    }
    return result.map(String.init).joined()
}

/// The largest difference of two arrays of equal length.
func largestDifference(_ a: [Float], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs(Double($1.0) - $1.1)) } : .infinity
}
