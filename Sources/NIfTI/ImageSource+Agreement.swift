import Imaging

extension ImageSource {
    /// How the array of another read of the same file lies in this one's: axis i (z, y, x) here is the other's axis `axes[i]`, run backwards
    /// where `isReversed[i]`. It follows from how both readers turned the file's axes, so it is exact.
    package func arrayAxes(from other: ImageSource) -> (axes: [Int], isReversed: [Bool]) {
        let toFile = other.order.inverse
        var (axes, isReversed) = ([0, 1, 2], [false, false, false])
        for axis in 0..<3 {
            let ofFile = order.source[axis]
            // Axes are numbered x first in an order, z first in an array.
            axes[2 - axis] = 2 - toFile.source[ofFile]
            isReversed[2 - axis] = order.isReversed[axis] != toFile.isReversed[ofFile]
        }
        return (axes, isReversed)
    }

    /// Why two reads can't be of one image; nil where the files have one size and their corners lie within a quarter of a voxel.
    ///
    /// Only sizes are compared where one is planar, since a planar image has no place in the third direction.
    package func difference(from other: ImageSource) -> String? {
        let sizes = (fileSize, other.fileSize)
        guard sizes.0 == sizes.1 else {
            return "\(sizeText((0..<3).map { sizes.0[$0] })) voxels instead of \(sizeText((0..<3).map { sizes.1[$0] }))"
        }
        guard dimensionCount > 2, other.dimensionCount > 2 else { return nil }
        let (mine, theirs) = (fileGeometry, other.fileGeometry)
        let distance = mine.largestCornerDistance(to: theirs)
        let spacing = theirs.spacing
        guard distance > 0.25 * min(spacing.x, spacing.y, spacing.z) else { return nil }
        return "its corners lie up to \((distance * 100).rounded() / 100) mm from the other's"
    }

    /// The grid along the file's own axes; voxel sizes from nibabel's affine where there is one, since its header's need not be the affine's.
    private var fileGeometry: ImageGeometry {
        guard let affine = reorientedAffine ?? originalAffine else { return order.inverse.apply(to: geometry) }
        return order.inverse.apply(to: affine.geometry(size: geometry.size, spacing: affine.columnLengths))
    }
}
