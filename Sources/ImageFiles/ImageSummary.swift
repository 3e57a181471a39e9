package import Files
package import Imaging

/// What the header of an image of another format than NIfTI says; no voxel is read.
package struct ImageSummary: Sendable {
    /// For people: `NRRD`, `PNG`.
    package let format: String
    /// nnU-Net's class that reads it by its ending and content.
    package let reader: ReaderWriter
    /// Channels in the file.
    package let channelCount: Int
    /// The voxel type as NumPy names it.
    package let datatype: String
    /// The grid as the class presents it; unit distances at the origin where the format has no place.
    package let geometry: ImageGeometry
    /// nnU-Net's `spacing` property: (z, y, x) mm.
    package let arraySpacing: [Double]
    /// For people: what was assumed.
    package let warnings: [String]

    /// Reads the header of a file; nil where its ending is none of these formats'.
    ///
    /// - Throws: what is wrong with the file.
    package init?(path: String) throws(Problem) {
        let formats =
            ITKFormat.allCases.map { ($0.fileEnding, $0.name) }
            + [(".png", "PNG"), (".bmp", "BMP"), (".tif", "TIFF"), (".tiff", "TIFF")]
        guard let (ending, format) = formats.first(where: { path.lowercased().hasSuffix($0.0) }) else { return nil }
        // `.tiff` is no picture's ending by detection.
        reader =
            ReaderWriter.detected(fileEnding: ending, example: path) ?? .detected(fileEnding: ending == ".tiff" ? ".tif" : ending)
            ?? .simpleITK
        let file = try openImage(path, as: reader)
        self.format = format
        channelCount = file.grid.channelCount
        datatype = file.type.rawValue
        geometry = file.grid.source.geometry
        arraySpacing = file.grid.arraySpacing
        warnings = file.warnings
    }
}
