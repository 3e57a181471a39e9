package import Imaging
package import Tensors

/// One team for all tests; three threads even on one processor, so that races can show.
package let team = ThreadTeam(threadCount: 3)

extension Tensor {
    /// A small array from its values in C order.
    package init(shape: [Int], values: [Float]) {
        self.init(shape: shape, repeating: 0)
        for (index, value) in values.enumerated() { buffer[index] = value }
    }

    /// All values in C order.
    package var values: [Float] { buffer.values }
}

extension LogitVolume {
    /// The logits (head, z, y, x) in C order; nil where the system gives no addresses.
    package convenience init?(shape: [Int], values: [Float], outerAxis: Int = 0) {
        self.init(LogitLayout(heads: shape[0], image: Array(shape[1...]), outerAxis: outerAxis))
        for (index, value) in values.enumerated() {
            let (row, plane) = (index / shape[3], index / (shape[3] * shape[2]))
            self[plane / shape[1], plane % shape[1], row % shape[2], index % shape[3]] = value
        }
    }

    /// All values (head, z, y, x) in C order.
    package var values: [Float] {
        (0..<layout.heads).flatMap { head in
            (0..<layout.image[0]).flatMap { z in
                (0..<layout.image[1]).flatMap { y in (0..<layout.image[2]).map { self[head, z, y, $0] } }
            }
        }
    }
}

extension Buffer {
    /// All values in C order.
    package var values: [Element] { span.indices.map { self[$0] } }
}

/// A label map of unit spacing; `shape` is (z, y, x).
package func labelMap(_ shape: [Int], _ values: [UInt16]) -> LabelMap {
    var map = LabelMap(geometry: ImageGeometry(size: SIMD3(shape[2], shape[1], shape[0])), repeating: 0)
    for (index, value) in values.enumerated() { map.voxels[index] = value }
    return map
}

/// An image of unit spacing; `shape` is (z, y, x), `values` (channel, z, y, x).
package func image(_ shape: [Int], _ values: [Float], channels: Int = 1) -> MultichannelImage {
    var voxels = Buffer<Float>(repeating: 0, count: values.count)
    for (index, value) in values.enumerated() { voxels[index] = value }
    return MultichannelImage(
        geometry: ImageGeometry(size: SIMD3(shape[2], shape[1], shape[0])), channelCount: channels, voxels: voxels)
}

/// The largest difference of two arrays of equal length.
package func largestDifference(_ a: [Float], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs(Double($1.0) - $1.1)) } : .infinity
}
