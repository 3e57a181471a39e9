package import Files
import Imaging

/// A file's grid as a reader class presents it, and what must agree with those of a case's other channels.
package struct PresentedGrid: Sendable {
    /// The file.
    package let path: String
    /// What a writer needs to put labels onto the file's own grid.
    package let source: ImageSource
    /// Channels in the file.
    package let channelCount: Int
    /// nnU-Net's `spacing` property: (z, y, x) mm; for a planar image z is 999 times the largest distance.
    package let arraySpacing: [Double]
    /// The distances that channel files are compared by.
    private let comparedSpacing: [Double]

    /// Joins the facts.
    package init(path: String, source: ImageSource, channelCount: Int = 1, arraySpacing: [Double]) {
        self.path = path
        self.source = source
        self.channelCount = channelCount
        self.arraySpacing = arraySpacing
        comparedSpacing = arraySpacing
    }

    /// A grid of ITK's as `SimpleITKIO` presents it, or `SimpleITKIOWithReorient`, which turns the axes.
    ///
    /// - Throws: `.unsupported` where axes are to be turned and are not three.
    package init(path: String, itk grid: ITKGrid, reorients: Bool) throws(Problem) {
        self.path = path
        channelCount = grid.channelCount
        let geometry = grid.geometry
        guard reorients else {
            source = ImageSource(geometry: geometry, dimensionCount: grid.dimensionCount)
            let planar = [999 * max(geometry.spacing.x, geometry.spacing.y), geometry.spacing.y, geometry.spacing.x]
            arraySpacing = grid.dimensionCount == 2 ? planar : geometry.arraySpacing
            comparedSpacing = grid.comparedSpacing
            return
        }
        guard grid.dimensionCount == 3 else {
            throw .unsupported(
                path: path,
                reason: "it has \(grid.dimensionCount) dimensions, SimpleITKIOWithReorient takes 3; "
                    + (grid.dimensionCount < 3 ? "save it as a volume of one slice" : "give one file per channel"))
        }
        let orientation = AnatomicalOrientation(asITKOf: geometry.direction)
        let order = orientation.order(to: .ras)
        source = ImageSource(
            geometry: order.apply(to: geometry), dimensionCount: 3, originalOrientation: orientation.letters, order: order)
        arraySpacing = source.geometry.arraySpacing
        comparedSpacing = arraySpacing
    }

    /// Distances of a nanometre to a kilometre and places within ten kilometres survive single precision; others are damage.
    package func requirePlausible() throws(Problem) {
        let (spacing, origin) = (source.geometry.spacing, source.geometry.origin)
        guard spacing.min() >= 1e-6, spacing.max() <= 1e6 else {
            throw .damaged(path: path, reason: "its voxel distances (x, y, z) are \(spacing.x), \(spacing.y), \(spacing.z) mm")
        }
        guard origin.min() >= -1e7, origin.max() <= 1e7 else {
            throw .damaged(path: path, reason: "its origin is \(origin.x), \(origin.y), \(origin.z) mm")
        }
    }

    /// nnU-Net's check of channel files: equal shape, spacing equal as `numpy.allclose` has it.
    package func requireSame(as other: PresentedGrid) throws(Problem) {
        guard shape == other.shape, source.dimensionCount == other.source.dimensionCount else {
            throw .channelsDiffer(first: path, other: other.path, reason: "\(sizeText(other.shape)) voxels instead of \(sizeText(shape))")
        }
        guard areClose(comparedSpacing, other.comparedSpacing) else {
            throw .channelsDiffer(
                first: path, other: other.path,
                reason: "voxel distances (z, y, x) \(other.arraySpacing) mm instead of \(arraySpacing) mm")
        }
    }

    /// nnU-Net's warnings: origin, direction or affine differ.
    package func placementWarnings(against other: PresentedGrid) -> [String] {
        let (mine, theirs) = (source.geometry, other.source.geometry)
        let placement = { (geometry: ImageGeometry) in [geometry.origin.x, geometry.origin.y, geometry.origin.z] }
        var differing: [String] = []
        if let affine = source.reorientedAffine ?? source.originalAffine,
            let otherAffine = other.source.reorientedAffine ?? other.source.originalAffine
        {
            if !areClose(affine.elements, otherAffine.elements) { differing = ["affine"] }
        } else {
            if !areClose(placement(mine), placement(theirs)) { differing.append("origin") }
            if !areClose(mine.direction.elements, theirs.direction.elements) { differing.append("direction") }
        }
        return differing.map {
            "\(other.path): its \($0) differs from that of \(path), the grid of the first is used; check in the overlay that they lie upon"
                + " each other."
        }
    }

    /// Voxels along the reader's axes, x first; several channels come last.
    private var shape: [Int] {
        let size = source.geometry.size
        return [size.x, size.y] + (source.dimensionCount > 2 ? [size.z] : []) + (channelCount > 1 ? [channelCount] : [])
    }
}

/// `numpy.allclose` of values against reference ones: |a − b| ≤ 1e-8 + 1e-5 |b|.
package func areClose(_ first: [Double], _ others: [Double]) -> Bool {
    first.count == others.count && zip(first, others).allSatisfy { abs($0 - $1) <= 1e-8 + 1e-5 * abs($1) }
}
