import Files
import ImageFiles
import Imaging
import NIfTI
import Plans
import Preprocessing

extension StoredCaseProperties {
    /// What nnU-Net writes beside probabilities, from what preprocessing and the reader found.
    init(_ properties: CaseProperties, source: ImageSource, reader: ReaderWriter) {
        let geometry = source.geometry
        let grid: Grid
        if !reader.isMedical {
            grid = .none
        } else if let original = source.originalAffine {
            grid = .nibabel(
                original: original.elements + [0, 0, 0, 1], reoriented: source.reorientedAffine.map { $0.elements + [0, 0, 0, 1] })
        } else if source.dimensionCount == 2 {
            let axes = geometry.direction
            grid = .simpleITK(
                spacing: [geometry.spacing.x, geometry.spacing.y], origin: [geometry.origin.x, geometry.origin.y],
                direction: [axes[0, 0], axes[0, 1], axes[1, 0], axes[1, 1]], originalOrientation: nil)
        } else {
            grid = .simpleITK(
                spacing: [geometry.spacing.x, geometry.spacing.y, geometry.spacing.z],
                origin: [geometry.origin.x, geometry.origin.y, geometry.origin.z], direction: geometry.direction.elements,
                originalOrientation: source.originalOrientation)
        }
        self.init(
            spacing: properties.spacing, shapeBeforeCropping: properties.shapeBeforeCropping, boundingBox: properties.boundingBox,
            shapeAfterCropping: properties.shapeAfterCropping, grid: grid)
    }

    /// What a writer needs to put labels of the shape (z, y, x), in reader order, on the case's own grid.
    ///
    /// - `path`: the `.pkl`, for errors.
    /// - `reader`: of the case, where the file does not say where it lies: pictures have no place, volumes of TIFF a spacing alone.
    func source(shape: [Int], reader: ReaderWriter, path: String) throws(Problem) -> ImageSource {
        let size = SIMD3(shape[2], shape[1], shape[0])
        switch grid {
        case .simpleITK(let spacing, let origin, let direction, let orientation):
            guard let geometry = Self.geometry(size: size, spacing: spacing, origin: origin, direction: direction) else { break }
            guard let orientation else { return ImageSource(geometry: geometry) }
            if let source = ImageSource(reorientedGeometry: geometry, originalOrientation: orientation) { return source }
        case .nibabel(let original, let reoriented):
            let source = ImageSource(
                size: size, spacing: SIMD3(spacing[2], spacing[1], spacing[0]), originalAffine: Self.affine(original),
                reorientedAffine: reoriented.map(Self.affine))
            if let source { return source }
        case .none:
            guard !reader.isMedical, spacing.count == 3 else { break }
            let isPlanar = reader == .naturalImage2D
            let distances = isPlanar ? SIMD3(repeating: 1) : SIMD3(spacing[2], spacing[1], spacing[0])
            return ImageSource(geometry: ImageGeometry(size: size, spacing: distances, dimension: isPlanar ? 2 : 3))
        }
        throw .badInput(
            path: path, problem: "it does not say where the case lies in a way that \(reader.rawValue) could use",
            advice: "predict the case again with --save_probabilities")
    }

    private static func geometry(size: SIMD3<Int>, spacing: [Double], origin: [Double], direction: [Double]) -> ImageGeometry? {
        switch (spacing.count, origin.count, direction.count) {
        case (3, 3, 9):
            return ImageGeometry(
                size: size, spacing: SIMD3(spacing), origin: SIMD3(origin),
                direction: Matrix3(rows: SIMD3(direction[0..<3]), SIMD3(direction[3..<6]), SIMD3(direction[6..<9])))
        case (2, 2, 4):
            return ImageGeometry(
                size: size, spacing: SIMD3(spacing[0], spacing[1], 1), origin: SIMD3(origin[0], origin[1], 0),
                direction: Matrix3(rows: SIMD3(direction[0], direction[1], 0), SIMD3(direction[2], direction[3], 0), SIMD3(0, 0, 1)),
                dimension: 2)
        default: return nil
        }
    }

    private static func affine(_ elements: [Double]) -> NIfTIAffine {
        NIfTIAffine(rows: (0..<3).map { SIMD4(elements[4 * $0..<4 * $0 + 4]) })
    }
}
