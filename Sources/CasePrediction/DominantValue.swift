import Imaging

/// The value that most voxels of a channel have, where one stands out: an image that is empty, constant or nearly so gives a result that
/// looks like any other.
struct DominantValue {
    /// The value.
    let value: Float
    /// The voxels that have another one.
    let otherCount: Int
    /// All voxels.
    let voxelCount: Int

    /// An image with fewer voxels of other values than one in this many is suspicious.
    private static let rarity = 1000
    /// A sample of this many voxels decides whether all are looked at.
    private static let sampleCount = 50_000

    /// Looks at one channel. Where no value has nearly all of a sample, all voxels count as others.
    init(of image: borrowing MultichannelImage, channel: Int) {
        let (voxels, count) = (image.voxels.span, image.geometry.voxelCount)
        let first = channel * count
        // The majority vote of Boyer and Moore: a value that most of the sample has is left over.
        var (candidate, votes): (Float, Int) = (0, 0)
        let step = max(1, count / Self.sampleCount)
        for index in stride(from: first, to: first + count, by: step) {
            let voxel = voxels[index]
            if votes == 0 { candidate = voxel }
            votes += voxel == candidate ? 1 : -1
        }
        (value, voxelCount) = (candidate, count)
        guard votes > 9 * (count / step) / 10 else {
            otherCount = count
            return
        }
        var others = 0
        for index in first..<first + count where voxels[unchecked: index] != candidate { others += 1 }
        otherCount = others
    }

    /// For people; nil for an image as one expects it.
    var warning: String? {
        let shown = value == value.rounded() && value.magnitude < 1e9 ? String(Int(value)) : String(value)
        if otherCount == 0 {
            return value == 0
                ? "the image is empty, every voxel is 0; check that it is the right one."
                : "the image is constant, every voxel is \(shown); check that it is the right one."
        }
        guard otherCount * Self.rarity < voxelCount else { return nil }
        return "all but \(otherCount) of \(voxelCount) voxels are \(shown); check that it is the right image."
    }
}
