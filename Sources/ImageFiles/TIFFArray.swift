import CTIFF
import Files
import Imaging
import Tensors

/// A TIFF file as the array that tifffile makes of it: its pages' headers read, its samples still to come.
struct TIFFArray {
    let path: String
    /// The array's sizes: pages where there are several, planes of samples, rows, columns, samples side by side; or as the file itself says.
    let shape: [Int]
    let type: VoxelType
    private let file: OpenTIFF
    private let page: ctiff_page
    private let pageCount: Int
    private var isBits: Bool { page.bits == 1 }

    /// Pages beyond this many are refused.
    private static let mostPages = 1 << 20

    init(path: String) throws(Problem) {
        self.path = path
        // Whatever else it is, it is opened as a file once, so that no pipe blocks.
        let size = try RegularFile(path: path).size
        file = try OpenTIFF(path: path)
        page = try file.page(path)
        type = try Self.type(of: page, path: path)
        let description = TIFFDescription(file.description)
        pageCount = try Self.countPages(file, like: page, path: path)
        if let problem = description.refusal(pages: pageCount) { throw .unsupported(path: path, reason: problem) }
        let plane = [Int(page.height), Int(page.width)]
        let samples = page.samples > 1 ? [Int(page.samples)] : []
        let stored = (pageCount > 1 ? [pageCount] : []) + (page.is_planar ? samples + plane : plane + samples)
        let told = description.shape
        guard told.isEmpty || voxelCount(ofShape: told) == voxelCount(ofShape: stored) else {
            throw .damaged(path: path, reason: "its description declares \(sizeText(told)) samples, its pages hold \(sizeText(stored))")
        }
        shape = told.isEmpty ? stored : told
        try Self.requireSize(shape, bits: Int(page.bits), fileSize: size, isCompressed: page.compression != 1, path: path)
    }

    /// The samples in the array's order, native byte order.
    ///
    /// - `interleaved`: how many of them lie side by side in each pixel.
    func samples(interleaved: Int) throws(Problem) -> StoredVoxels {
        let count = shape.reduce(1, *)
        let perPage = Int(page.row_bytes) * Int(page.height) * (page.is_planar ? Int(page.samples) : 1)
        var bytes = Buffer<UInt8>(uninitializedCount: perPage * pageCount, hugePages: false)
        try file.rewind(path)
        for index in 0..<pageCount {
            var span = bytes.mutableSpan
            var part = span.part(index * perPage, count: perPage)
            try file.read(into: &part, path)
            if index + 1 < pageCount { try file.next(path) }
        }
        guard isBits else { return StoredVoxels(type: type, interleaved: interleaved, bytes: bytes) }
        let unpacked = Self.unpacked(
            bytes.span, count: count, columns: 8 * Int(page.row_bytes), used: count / (bytes.count / Int(page.row_bytes)))
        return StoredVoxels(type: type, interleaved: interleaved, bytes: unpacked)
    }

    /// Bits as bytes 0 and 1; rows end on bytes.
    private static func unpacked(_ packed: Span<UInt8>, count: Int, columns: Int, used: Int) -> Buffer<UInt8> {
        var values = Buffer<UInt8>(uninitializedCount: count, hugePages: false)
        var target = values.mutableSpan
        for i in target.indices {
            let bit = i / used * columns + i % used
            target[i] = packed[bit / 8] >> (7 - bit % 8) & 1
        }
        return values
    }

    private static func type(of page: ctiff_page, path: String) throws(Problem) -> VoxelType {
        // No compression, LZW, Deflate (two codes), PackBits, LZMA, Zstandard: those that lose nothing.
        guard [1, 5, 8, 32946, 32773, 34925, 50000].contains(page.compression) else {
            throw .unsupported(
                path: path, reason: "its compression (TIFF method \(page.compression)) is not read; save it with LZW or Deflate")
        }
        let type: VoxelType? =
            switch (page.format, page.bits) {
            case (1, 1): page.is_tiled || page.samples > 1 ? nil : .uint8
            case (1, 8), (4, 8): .uint8
            case (1, 16), (4, 16): .uint16
            case (1, 32), (4, 32): .uint32
            case (1, 64), (4, 64): .uint64
            case (2, 8): .int8
            case (2, 16): .int16
            case (2, 32): .int32
            case (2, 64): .int64
            case (3, 16): .float16
            case (3, 32): .float32
            case (3, 64): .float64
            default: nil
            }
        guard let type else {
            throw .unsupported(
                path: path, reason: "its samples have \(page.bits) bits in a way (SampleFormat \(page.format)) that is not read")
        }
        return type
    }

    /// The number of pages, which must all be alike.
    private static func countPages(_ file: OpenTIFF, like first: ctiff_page, path: String) throws(Problem) -> Int {
        var count = 1
        while file.hasNext {
            try file.next(path)
            let other = try file.page(path)
            count += 1
            guard other.width == first.width, other.height == first.height, other.samples == first.samples, other.bits == first.bits,
                other.format == first.format, other.is_planar == first.is_planar, other.is_tiled == first.is_tiled
            else {
                throw .unsupported(
                    path: path,
                    reason: "page \(count) has another size or type than the first (a preview, or a pyramid); save one image in it")
            }
            guard count <= mostPages else { throw .unsupported(path: path, reason: "it has more than \(mostPages) pages") }
        }
        return count
    }

    private static func requireSize(_ shape: [Int], bits: Int, fileSize: Int, isCompressed: Bool, path: String) throws(Problem) {
        try requireRoom(forShape: shape, voxelSize: max(1, bits / 8), path: path)
        guard let count = voxelCount(ofShape: shape), count > 0 else {
            throw .damaged(path: path, reason: "its header declares \(sizeText(shape)) samples")
        }
        // LZMA and Zstandard squeeze zeros harder than Deflate; each strip still takes bytes, which libtiff reads one by one.
        guard isCompressed || count / 8 * bits <= fileSize else {
            throw .damaged(path: path, reason: "its header declares \(sizeText(shape)) samples, more than its \(fileSize) bytes hold")
        }
    }
}

/// A file that libtiff reads; one thread at a time.
private final class OpenTIFF {
    private let file: OpaquePointer

    /// The largest block that libtiff may allocate, bytes.
    private static let largestBlock = 1 << 32

    init(path: String) throws(Problem) {
        var message = ctiff_message()
        guard let file = ctiff_open(path, Self.largestBlock, &message) else { throw Self.damage(path, message) }
        self.file = file
    }

    deinit { ctiff_close(file) }

    func page(_ path: String) throws(Problem) -> ctiff_page {
        var (page, message) = (ctiff_page(), ctiff_message())
        guard ctiff_describe(file, &page, &message), page.width > 0, page.height > 0, page.samples > 0 else {
            throw Self.damage(path, message)
        }
        return page
    }

    /// The page's description; empty without one.
    var description: String { ctiff_description(file).map { String(cString: $0) } ?? "" }

    var hasNext: Bool { ctiff_has_next(file) }

    func next(_ path: String) throws(Problem) {
        var message = ctiff_message()
        guard ctiff_next(file, &message) else { throw Self.damage(path, message) }
    }

    func rewind(_ path: String) throws(Problem) {
        guard ctiff_rewind(file) else { throw .damaged(path: path, reason: "its first page can't be read") }
    }

    func read(into bytes: inout MutableSpan<UInt8>, _ path: String) throws(Problem) {
        var message = ctiff_message()
        // Pointers: libtiff fills memory of the size that its own header gave.
        let isRead = bytes.withUnsafeMutableBufferPointer { ctiff_read(file, $0.baseAddress, $0.count, &message) }
        guard isRead else { throw Self.damage(path, message) }
    }

    static func damage(_ path: String, _ message: ctiff_message) -> Problem {
        let text = withUnsafeBytes(of: message.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return .damaged(path: path, reason: "it can't be decoded as TIFF: \(text.isEmpty ? "it ends too early" : ForeignText.marked(text))")
    }
}

extension TIFFArray {
    /// Writes grey pages, compressed by Deflate where that is asked for.
    ///
    /// - `description`: what the first page says about the array.
    static func write(_ labels: borrowing StoredLabels, description: String?, isCompressed: Bool, to path: String) throws(Problem) {
        let draft = AtomicFile.temporaryPath(beside: path)
        var message = ctiff_message()
        let size = labels.size
        let isWritten = labels.bytes.span.withUnsafeBufferPointer {
            ctiff_write(
                draft, UInt32(size.x), UInt32(size.y), UInt32(size.z), UInt8(labels.labelSize), isCompressed, description, $0.baseAddress,
                &message)
        }
        guard isWritten else {
            removeDraft(draft)
            throw .unwritable(path: path, reason: "libtiff can't write it; the disk may be full or the folder not writable")
        }
        try AtomicFile.publish(draft, as: path)
    }
}
