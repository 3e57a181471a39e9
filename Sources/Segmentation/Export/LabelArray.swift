package import Imaging
package import Tensors

/// The labels of one case on the reader's grid.
package struct LabelArray: ~Copyable, Sendable {
    /// (z, y, x) of the reader.
    package let shape: [Int]
    /// C order, x fastest.
    package var voxels: Buffer<UInt16>

    init(shape: [Int], voxels: consuming Buffer<UInt16>) {
        self.shape = shape
        self.voxels = voxels
    }

    /// The labels as an image on the grid they were predicted for.
    ///
    /// - Parameter geometry: The image's; its size must be that of the labels.
    /// - Returns: the labels, which are not copied.
    package consuming func labelMap(_ geometry: ImageGeometry) -> LabelMap {
        precondition(geometry.arrayShape == shape)
        return LabelMap(geometry: geometry, voxels: voxels)
    }
}

/// Class probabilities of one case on the reader's grid.
package final class ProbabilityMap: Sendable {
    /// (head, z, y, x) of the reader, float32.
    package let values: Tensor

    /// Takes an array (head, z, y, x).
    package init(values: consuming Tensor) {
        self.values = values
    }
}

/// Labels with the probabilities they were chosen from.
package struct ExportedCase: ~Copyable, Sendable {
    /// The labels.
    package var labels: LabelArray
    /// The probabilities when they were asked for.
    package let probabilities: ProbabilityMap?

    /// The labels alone, handed over without a copy, as an image on the grid they were predicted for.
    package consuming func takeLabels(_ geometry: ImageGeometry) -> LabelMap { labels.labelMap(geometry) }
}
