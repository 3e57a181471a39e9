import Imaging
import NIfTI
import Tensors

/// Labels along a file's own axes, as few bytes each as nnU-Net's writers take: (z, y, x), native byte order.
struct StoredLabels: ~Copyable {
    /// Voxels along the file's axes (x, y, z).
    let size: SIMD3<Int>
    /// Bytes of a label: 1 where every label is below 255, else 2.
    let labelSize: Int
    /// The labels.
    let bytes: Buffer<UInt8>

    /// Turns the axes back where the reader turned them.
    ///
    /// - `alwaysBytes`: whether larger labels lose their high byte.
    init(_ labels: borrowing LabelMap, source: ImageSource, alwaysBytes: Bool) {
        size = source.fileSize
        let voxels = labels.voxels.span
        var largest: UInt16 = 0
        for i in voxels.indices { largest = max(largest, voxels[unchecked: i]) }
        labelSize = alwaysBytes || largest < 255 ? 1 : 2
        if source.order == .identity {
            bytes = Self.stored(voxels, labelSize: labelSize)
        } else {
            let turned = source.order.inverse.apply(to: labels.voxels, size: source.geometry.size)
            bytes = Self.stored(turned.span, labelSize: labelSize)
        }
    }

    private static func stored(_ labels: Span<UInt16>, labelSize: Int) -> Buffer<UInt8> {
        var bytes = Buffer<UInt8>(uninitializedCount: labels.count * labelSize, hugePages: false)
        var target = bytes.mutableSpan
        // Unchecked: the counts agree.
        if labelSize == 1 {
            for i in labels.indices { target[unchecked: i] = UInt8(truncatingIfNeeded: labels[unchecked: i]) }
        } else {
            for i in labels.indices {
                let label = labels[unchecked: i].littleEndian
                target[unchecked: 2 * i] = UInt8(truncatingIfNeeded: label)
                target[unchecked: 2 * i + 1] = UInt8(truncatingIfNeeded: label >> 8)
            }
        }
        return bytes
    }
}
