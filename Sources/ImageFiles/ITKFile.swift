import CITK
import Files
import Imaging
import NIfTI
import Tensors

/// One NRRD, MetaImage or GIPL file open for reading: its header read and checked, its voxels still to come.
struct ITKFile: ImageFile {
    let grid: PresentedGrid
    let warnings: [String] = []
    let type: VoxelType
    private let content: ITKContent
    private let reader: Reader

    /// ITK's reader of one file; one thread at a time.
    private final class Reader {
        let image: OpaquePointer
        init(_ image: OpaquePointer) { self.image = image }
        deinit { citk_close(image) }
    }

    /// Opens a file whose header was found to be harmless.
    init(path: String, format: ITKFormat, reorients: Bool) throws(Problem) {
        content = try ITKContent(path: path, format: format)
        var (header, message) = (citk_header(), citk_message())
        guard let image = citk_open(path, format.code, &header, &message) else {
            throw .damaged(path: path, reason: Self.reason(message, else: "it is no \(format.name) file"))
        }
        reader = Reader(image)
        guard let type = Self.type(header.component) else {
            throw .unsupported(path: path, reason: "its voxels are no numbers of 8 to 64 bits")
        }
        self.type = type
        guard header.components == 1 else {
            throw .unsupported(
                path: path,
                reason: "each voxel holds \(header.components) numbers (a colour or vector image), which nnU-Net would take for an axis;"
                    + " save one file per channel")
        }
        grid = try PresentedGrid(path: path, itk: Self.grid(header, path: path), reorients: reorients)
        try grid.requirePlausible()
        let shape = Self.shape(header)
        try requireRoom(forShape: shape, voxelSize: type.size, path: path)
        try content.requireRoom(forShape: shape, voxelSize: type.size)
    }

    func voxels() throws(Problem) -> StoredVoxels {
        let count = grid.source.geometry.voxelCount * grid.channelCount * type.size
        try content.requireWhole(byteCount: count)
        var bytes = Buffer<UInt8>(repeating: 0, count: count, hugePages: false)
        var message = citk_message()
        var span = bytes.mutableSpan
        // Pointers: ITK fills memory of the size that its own header gave.
        let isRead = span.withUnsafeMutableBufferPointer { citk_read(reader.image, $0.baseAddress, &message) }
        guard isRead else {
            throw .damaged(path: grid.path, reason: Self.reason(message, else: "its voxels can't be read"))
        }
        return StoredVoxels(type: type, interleaved: 1, bytes: bytes)
    }

    /// Writes labels on a grid along the file's own axes.
    static func write(_ labels: borrowing StoredLabels, on geometry: ImageGeometry, as format: ITKFormat, to path: String) throws(Problem) {
        let limit = format == .gipl ? Int(UInt16.max) : Int(UInt32.max)
        guard labels.size.max() <= limit else {
            throw .unwritable(path: path, reason: "\(format.name) holds at most \(limit) voxels along an axis")
        }
        var (header, message) = (Self.header(geometry, labelSize: labels.labelSize), citk_message())
        let draft = AtomicFile.temporaryPath(beside: path) + format.fileEnding
        let isWritten = labels.bytes.span.withUnsafeBufferPointer { citk_write(draft, format.code, &header, $0.baseAddress, &message) }
        guard isWritten else {
            removeDraft(draft)
            throw .unwritable(path: path, reason: reason(message, else: "the disk may be full or the folder not writable"))
        }
        try AtomicFile.publish(draft, as: path)
    }

    private static func reason(_ message: citk_message, else usual: String) -> String {
        let text = withUnsafeBytes(of: message.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.isEmpty ? usual : "ITK can't read or write it: \(ForeignText.marked(line))"
    }
}

extension ITKFile {
    private static func type(_ component: citk_component) -> VoxelType? {
        switch component {
        case CITK_UINT8: .uint8
        case CITK_INT8: .int8
        case CITK_UINT16: .uint16
        case CITK_INT16: .int16
        case CITK_UINT32: .uint32
        case CITK_INT32: .int32
        case CITK_UINT64: .uint64
        case CITK_INT64: .int64
        case CITK_FLOAT32: .float32
        case CITK_FLOAT64: .float64
        default: nil
        }
    }

    /// Voxels along the axes, x first.
    private static func shape(_ header: citk_header) -> [Int] {
        let sizes = withUnsafeBytes(of: header.size) { Array($0.bindMemory(to: Int.self)) }
        return Array(sizes.prefix(Int(header.dimension)))
    }

    /// What `itk::ImageFileReader` makes of a header: a negative distance turns its axis.
    private static func grid(_ header: citk_header, path: String) throws(Problem) -> ITKGrid {
        let count = Int(header.dimension)
        let shape = shape(header)
        guard (2...4).contains(count), shape.allSatisfy({ $0 > 0 }) else {
            throw .unsupported(path: path, reason: "its size is \(sizeText(shape)); images have 2 to 4 dimensions")
        }
        let distances = numbers(header.spacing), places = numbers(header.origin), matrix = numbers(header.direction)
        let spatial = min(count, 3)
        var geometry = ImageGeometry(size: SIMD3(repeating: 1), dimension: spatial)
        for axis in 0..<spatial {
            geometry.size[axis] = shape[axis]
            geometry.spacing[axis] = abs(distances[axis])
            geometry.origin[axis] = places[axis]
            for row in 0..<spatial {
                let cosine = matrix[row * count + axis]
                geometry.direction[row, axis] = cosine == 0 ? 0 : distances[axis] < 0 ? -cosine : cosine
            }
        }
        let determinant = geometry.direction.determinant
        guard determinant != 0, determinant.isFinite else {
            throw .unsupported(
                path: path, reason: "its axes do not span the image (direction determinant \(determinant)); correct its header")
        }
        return ITKGrid(
            geometry: geometry, channelCount: count == 4 ? shape[3] : 1, dimensionCount: count,
            comparedSpacing: (0..<count).map { abs(distances[$0]) })
    }

    private static func header(_ geometry: ImageGeometry, labelSize: Int) -> citk_header {
        var header = citk_header()
        let count = geometry.dimension
        header.dimension = UInt32(count)
        header.components = 1
        header.component = labelSize == 1 ? CITK_UINT8 : CITK_UINT16
        setNumbers(of: &header.size, to: (0..<count).map { geometry.size[$0] })
        setNumbers(of: &header.spacing, to: (0..<count).map { geometry.spacing[$0] })
        setNumbers(of: &header.origin, to: (0..<count).map { geometry.origin[$0] })
        setNumbers(of: &header.direction, to: (0..<count * count).map { geometry.direction[$0 / count, $0 % count] })
        return header
    }

    // Pointers: Swift imports the arrays of a C structure as tuples, which have no elements to index.

    private static func numbers<Array>(_ array: Array) -> [Double] {
        withUnsafeBytes(of: array) { [Double]($0.bindMemory(to: Double.self)) }
    }

    private static func setNumbers<Array, Number: BitwiseCopyable>(of array: inout Array, to values: [Number]) {
        withUnsafeMutableBytes(of: &array) { target in values.withUnsafeBytes { target.copyMemory(from: $0) } }
    }
}
