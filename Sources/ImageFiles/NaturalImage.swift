import Files
import Imaging
import NIfTI
import Tensors

/// A planar picture as `NaturalImage2DIO` presents it: its colours are channels, its pixels are 1 mm apart, and slices 999 mm.
struct NaturalImage: ImageFile {
    let grid: PresentedGrid
    let warnings: [String] = []
    private let picture: any Picture

    var type: VoxelType { picture.type }

    init(path: String) throws(Problem) {
        switch path.lastIndex(of: ".").map({ path[$0...].lowercased() }) {
        case ".png": picture = try PNGPicture(path: path)
        case ".bmp": picture = try BMPPicture(path: path)
        case ".tif", ".tiff": picture = try TIFFPicture(path: path)
        default: throw .unsupported(path: path, reason: "NaturalImage2DIO reads .png, .bmp and .tif")
        }
        let geometry = ImageGeometry(size: SIMD3(picture.width, picture.height, 1), dimension: 2)
        try requireRoom(forShape: [picture.width, picture.height, picture.samples], voxelSize: picture.type.size, path: path)
        grid = PresentedGrid(
            path: path, source: ImageSource(geometry: geometry, dimensionCount: 2), channelCount: picture.samples,
            arraySpacing: [999, 1, 1])
    }

    func voxels() throws(Problem) -> StoredVoxels { try picture.pixels() }

    /// Writes a planar label map as the name's ending says.
    static func write(_ labels: borrowing StoredLabels, to path: String) throws(Problem) {
        guard labels.size.z == 1 else {
            throw .unwritable(path: path, reason: "\(labels.size.z) slices are no planar picture")
        }
        if path.lowercased().hasSuffix(".png") {
            try AtomicFile.write(try PNGPicture.encoded(labels, path: path), to: path)
        } else if path.lowercased().hasSuffix(".bmp") {
            try AtomicFile.write(try BMPPicture.encoded(labels, path: path), to: path)
        } else {
            try TIFFArray.write(labels, description: nil, isCompressed: false, to: path)
        }
    }
}

/// A planar TIFF as skimage presents it: three or four planes, whichever the file means by them, are colours.
private struct TIFFPicture: Picture {
    private let array: TIFFArray
    private let isPlanar: Bool
    let width: Int
    let height: Int
    let samples: Int

    var path: String { array.path }
    var type: VoxelType { array.type }

    init(path: String) throws(Problem) {
        array = try TIFFArray(path: path)
        let shape = array.shape
        let areColours = { (count: Int) in count == 3 || count == 4 }
        if shape.count == 2 {
            (height, width, samples, isPlanar) = (shape[0], shape[1], 1, false)
        } else if shape.count == 3, areColours(shape[2]) {
            (height, width, samples, isPlanar) = (shape[0], shape[1], shape[2], false)
        } else if shape.count == 3, areColours(shape[0]) {
            (height, width, samples, isPlanar) = (shape[1], shape[2], shape[0], true)
        } else {
            throw .unsupported(
                path: path, reason: "its array of \(sizeText(shape)) is no picture of one, three or four samples; Tiff3DIO reads volumes")
        }
    }

    func pixels() throws(Problem) -> StoredVoxels { try array.samples(interleaved: isPlanar ? 1 : samples) }
}
