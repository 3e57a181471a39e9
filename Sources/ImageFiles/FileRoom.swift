import Files
import Glibc
import Imaging

/// Throws unless this machine can hold an image's voxels, as they are stored and as float32.
///
/// - Parameters:
///   - shape: voxels along each axis.
///   - voxelSize: bytes of a voxel in the file.
///   - path: for errors.
/// - Throws: `.unsupported` with the shape.
func requireRoom(forShape shape: [Int], voxelSize: Int, path: String) throws(Problem) {
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    guard let count = voxelCount(ofShape: shape), count < memory / max(4, voxelSize) else {
        throw .unsupported(
            path: path,
            reason:
                "its header declares \(sizeText(shape)) voxels, more than this machine's \(memory >> 30) GiB of memory hold; correct the"
                + " header or crop the image")
    }
}

/// The product of an image's sizes; nil beyond what any machine holds.
func voxelCount(ofShape shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
        let product = count.multipliedReportingOverflow(by: size)
        guard !product.overflow, product.partialValue >= 0, product.partialValue < 1 << 48 else { return nil }
        count = product.partialValue
    }
    return count
}

/// Removes what another library left unfinished under a temporary name.
func removeDraft(_ path: String) { unlink(path) }
