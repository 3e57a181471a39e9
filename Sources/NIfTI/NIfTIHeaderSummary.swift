import Archives
public import Files
public import Imaging

/// What the header of a NIfTI file says; no voxel is read. Free texts of the header are left out, they can name the patient.
public struct NIfTIHeaderSummary: Sendable {
    /// The file's path.
    public let path: String
    /// Bytes on disk.
    public let fileSize: Int
    /// Whether the file is gzip.
    public let isCompressed: Bool
    /// 1 or 2.
    public let version: Int
    /// Whether numbers are stored in the other byte order than this machine's.
    public let isByteSwapped: Bool
    /// Voxels along each dimension, x first.
    public let dimensions: [Int]
    /// The voxel type as NumPy names it.
    public let datatype: String
    /// pixdim[0...7] as stored.
    public let pixdim: [Double]
    /// The code of the quaternion transform; 0: none.
    public let qformCode: Int
    /// The code of the affine transform; 0: none.
    public let sformCode: Int
    /// scl_slope as stored.
    public let slope: Double
    /// scl_inter as stored.
    public let intercept: Double
    /// Where voxels begin, bytes.
    public let voxelOffset: Int
    /// The grid by ITK's rules, as `SimpleITKIO` presents it; nil where ITK refuses the file.
    public let geometry: ImageGeometry?
    /// Why ITK refuses the file, when it does.
    public let refusal: String?

    /// Reads the header of a file.
    public init(path: String) throws(Problem) {
        let reader = try GzipReader(path: path)
        let header = try NIfTIHeader(from: reader)
        self.path = path
        fileSize = reader.fileSize
        isCompressed = reader.isCompressed
        version = header.version
        isByteSwapped = header.isByteSwapped
        dimensions = header.dimensions
        datatype = NIfTIDatatype.name(ofCode: header.datatypeCode)
        pixdim = header.pixdim
        qformCode = header.qformCode
        sformCode = header.sformCode
        slope = header.slope
        intercept = header.intercept
        voxelOffset = header.voxelOffset
        do throws(Problem) {
            geometry = try header.itkGrid(path: path).geometry
            refusal = nil
        } catch {
            geometry = nil
            refusal = error.description
        }
    }

    /// Refuses an image whose label map NIfTI-1 can't hold, from its header alone.
    public func requireLabelMap() throws(Problem) {
        let size = (0..<3).map { dimensions.indices.contains($0) ? dimensions[$0] : 1 }
        try requireNIfTISize(SIMD3(size), path: path)
    }
}
