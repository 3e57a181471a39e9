import Compression
package import Files
package import Imaging

/// What the header of a NIfTI file says; no voxel is read. Free texts of the header are left out, they can name the patient.
package struct NIfTIHeaderSummary: Sendable {
    /// The file's path.
    package let path: String
    /// Bytes on disk.
    package let fileSize: Int
    /// Whether the file is gzip.
    package let isCompressed: Bool
    /// 1 or 2.
    package let version: Int
    /// Whether numbers are stored in the other byte order than this machine's.
    package let isByteSwapped: Bool
    /// Voxels along each dimension, x first.
    package let dimensions: [Int]
    /// The voxel type as NumPy names it.
    package let datatype: String
    /// pixdim[0...7] as stored.
    package let pixdim: [Double]
    /// The code of the quaternion transform; 0: none.
    package let qformCode: Int
    /// The code of the affine transform; 0: none.
    package let sformCode: Int
    /// scl_slope as stored.
    package let slope: Double
    /// scl_inter as stored.
    package let intercept: Double
    /// Where voxels begin, bytes.
    package let voxelOffset: Int
    /// The grid by ITK's rules, as `SimpleITKIO` presents it; nil where ITK refuses the file.
    package let geometry: ImageGeometry?
    /// Why ITK refuses the file, when it does.
    package let refusal: String?

    /// Reads the header of a file.
    package init(path: String) throws(Problem) {
        let reader = try GzipReader(path: path)
        let header = try NIfTIHeader(from: reader)
        self.path = path
        fileSize = reader.fileSize
        isCompressed = reader.isCompressed
        version = header.form.version
        isByteSwapped = header.form.isByteSwapped
        dimensions = header.dimensions
        datatype = NIfTIDatatype.name(ofCode: header.datatypeCode)
        pixdim = header.pixdim
        qformCode = header.transforms.qformCode
        sformCode = header.transforms.sformCode
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
    package func requireLabelMap() throws(Problem) {
        let size = (0..<3).map { dimensions.indices.contains($0) ? dimensions[$0] : 1 }
        try requireNIfTISize(SIMD3(size), path: path)
    }
}
