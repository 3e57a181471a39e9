import Archives

/// The most bytes that a NIfTI file's content can have by its header: up to the last voxel, and what may follow. Whoever copies or inflates
/// the file stops there.
///
/// Throws where the header is none, or declares more than the file or this machine can hold.
public func largestNIfTIContent(path: String) throws(ImageIOError) -> Int {
    let file = try NIfTIFile(path: path)
    guard let datatype = file.header.datatype else { throw .unsupported(path: path, reason: "its voxel type is not read") }
    try file.checkSize()
    return file.header.voxelOffset + file.header.voxelCount * datatype.size + NIfTIFile.mostAfterVoxels
}
