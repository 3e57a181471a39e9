import Files
import SystemPackage

/// A planar picture: its header read and checked, its pixels still to come.
protocol Picture {
    var path: String { get }
    /// Columns.
    var width: Int { get }
    /// Rows.
    var height: Int { get }
    /// Samples of a pixel: 1 grey, 3 red, green and blue, 4 with alpha.
    var samples: Int { get }
    /// The samples' type.
    var type: VoxelType { get }

    /// (row, column), the samples of a pixel side by side or, in planes, one after the other.
    func pixels() throws(Problem) -> StoredVoxels
}

/// The bytes of a picture's file; a larger one than 2 GiB is refused.
func pictureBytes(_ path: String) throws(Problem) -> [UInt8] {
    let file = try RegularFile(path: path)
    guard file.size <= 2 << 30 else { throw .unsupported(path: path, reason: "it has \(file.size) bytes; a picture has at most 2 GiB") }
    return try FileSystem.readBytes(FilePath(path), limit: 2 << 30)
}
