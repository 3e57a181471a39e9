import Compression
package import Files

/// The bytes that a NIfTI file's content can have by its header: up to the last voxel at least, and what may follow at most. Whoever copies
/// or inflates the file stops there.
///
/// Throws where the header is none, or declares more than the file or this machine can hold.
package func contentSizes(ofNIfTI path: String) throws(Problem) -> ClosedRange<Int> {
    let file = try NIfTIFile(path: path)
    guard let datatype = file.header.datatype else { throw .unsupported(path: path, reason: "its voxel type is not read") }
    try file.checkSize()
    let needed = file.header.voxelOffset + file.header.voxelCount * datatype.size
    return needed...needed + NIfTIFile.mostAfterVoxels
}
