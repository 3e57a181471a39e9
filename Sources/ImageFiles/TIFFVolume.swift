import Files
import Imaging
import NIfTI
import PythonFormats
import SystemPackage
import Tensors

/// A TIFF volume as `Tiff3DIO` presents it: axes as stored, spacing from the JSON file beside it.
struct TIFFVolume: ImageFile {
    let grid: PresentedGrid
    let warnings: [String]
    private let array: TIFFArray

    var type: VoxelType { array.type }

    init(path: String, isLabelMap: Bool) throws(Problem) {
        array = try TIFFArray(path: path)
        let shape = array.shape
        guard shape.count == 3 else {
            throw .unsupported(path: path, reason: "its array of \(sizeText(shape)) is no volume; NaturalImage2DIO reads pictures")
        }
        let sideCar = Self.sideCar(of: path, isLabelMap: isLabelMap)
        let spacing = try Self.spacing(sideCar)
        warnings = spacing == nil ? ["\(path): there is no \(sideCar) with its spacing; 1 mm along every axis is assumed."] : []
        let (z, y, x) = (spacing?[0] ?? 1, spacing?[1] ?? 1, spacing?[2] ?? 1)
        let geometry = ImageGeometry(size: SIMD3(shape[2], shape[1], shape[0]), spacing: SIMD3(x, y, z))
        grid = PresentedGrid(path: path, source: ImageSource(geometry: geometry, dimensionCount: 3), arraySpacing: [z, y, x])
        try grid.requirePlausible()
    }

    func voxels() throws(Problem) -> StoredVoxels { try array.samples(interleaved: 1) }

    /// Writes the spacing, then the labels, whose description tells a volume of one slice from a plane.
    ///
    /// - `spacing`: (z, y, x) mm.
    static func write(_ labels: borrowing StoredLabels, spacing: [Double], to path: String) throws(Problem) {
        let json = OrderedJSON.object([.init("spacing", .array(spacing.map { .number($0) }))])
        try AtomicFile.write(Array(json.pythonText(sortedKeys: false).utf8), to: sideCar(of: path, isLabelMap: true))
        let shape = "{\"shape\": [\(labels.size.z), \(labels.size.y), \(labels.size.x)]}"
        try TIFFArray.write(labels, description: shape, isCompressed: true, to: path)
    }

    /// The file with a volume's spacing: that of an image is named without its channel, that of a label map as the label map.
    static func sideCar(of path: String, isLabelMap: Bool) -> String {
        let stem = path.lastIndex(of: ".").map { path[..<$0] } ?? path[...]
        return stem.dropLast(isLabelMap ? 0 : "_0000".count) + ".json"
    }

    /// (z, y, x) mm, in the array's own order; nil where there is no such file.
    private static func spacing(_ path: String) throws(Problem) -> [Double]? {
        guard try FileSystem.facts(of: FilePath(path)) != nil else { return nil }
        let field = JSONField(file: path, value: try OrderedJSON(contentsOf: path))
        let spacing = try field.required("spacing").elements().map { entry throws(Problem) in try entry.finite() }
        guard spacing.count == 3, spacing.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw .damaged(path: path, reason: "its spacing must be three numbers above 0, one for each axis of the array")
        }
        return spacing
    }
}
