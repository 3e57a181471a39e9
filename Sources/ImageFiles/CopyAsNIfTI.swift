package import Files
import Imaging
import NIfTI
import Tensors

/// Writes a NRRD, MetaImage or GIPL volume as a NIfTI file on the same grid; int16 where that is exact, float32 otherwise.
///
/// - Throws: what is wrong with the file; `.unsupported` for more than three dimensions, or more voxels along an axis than NIfTI holds.
package func copyAsNIfTI(_ source: String, to target: String) throws(Problem) {
    let file = try openImage(source, as: .simpleITK)
    let grid = file.grid.source
    guard grid.dimensionCount < 4 else {
        throw .unsupported(path: source, reason: "it has four dimensions; save one three-dimensional file per channel")
    }
    try requireNIfTISize(grid.geometry.size, path: source)
    var voxels = Buffer<Float>(uninitializedCount: grid.geometry.voxelCount, hugePages: false)
    var span = voxels.mutableSpan
    _ = try file.read(into: &span, zeroingNotFinite: false)
    guard [.uint8, .int8, .int16].contains(file.type) else {
        return try writeVolume(Volume(geometry: grid.geometry, voxels: voxels), to: target)
    }
    var numbers = Buffer<Int16>(uninitializedCount: voxels.count, hugePages: false)
    var target16 = numbers.mutableSpan
    let values = voxels.span
    for i in values.indices { target16[unchecked: i] = Int16(values[unchecked: i]) }
    try writeVolume(Volume(geometry: grid.geometry, voxels: numbers), to: target)
}
