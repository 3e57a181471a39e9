import CPNG
import Files
import Glibc
import Tensors

/// A PNG file's bytes: its header read, its pixels still to come.
struct PNGPicture: Picture {
    let path: String
    private let bytes: [UInt8]
    private let header: cpng_header

    init(path: String) throws(Problem) {
        self.path = path
        bytes = try pictureBytes(path)
        var (header, message) = (cpng_header(), cpng_message())
        guard cpng_read_header(bytes, bytes.count, &header, &message) else { throw Self.damage(path, message) }
        self.header = header
        // Grey with alpha has two samples.
        guard header.samples != 2 else {
            throw .unsupported(path: path, reason: "it is grey with transparency, which nnU-Net refuses; save it without an alpha channel")
        }
    }

    var width: Int { Int(header.width) }
    var height: Int { Int(header.height) }
    var samples: Int { Int(header.samples) }
    var type: VoxelType { header.sample_size == 2 ? .uint16 : .uint8 }

    func pixels() throws(Problem) -> StoredVoxels {
        var pixels = Buffer<UInt8>(uninitializedCount: width * height * samples * type.size, hugePages: false)
        var (header, message) = (self.header, cpng_message())
        var span = pixels.mutableSpan
        // Pointers: libpng fills memory of the size that its own header gave.
        let isRead = span.withUnsafeMutableBufferPointer { cpng_read(bytes, bytes.count, &header, $0.baseAddress, &message) }
        guard isRead else { throw Self.damage(path, message) }
        return StoredVoxels(type: type, interleaved: samples, bytes: pixels)
    }

    /// The file of a planar label map.
    static func encoded(_ labels: borrowing StoredLabels, path: String) throws(Problem) -> [UInt8] {
        var (count, message) = (0, cpng_message())
        let (width, height) = (UInt32(labels.size.x), UInt32(labels.size.y))
        let encoded = labels.bytes.span.withUnsafeBufferPointer {
            cpng_write(width, height, UInt8(labels.labelSize), $0.baseAddress, &count, &message)
        }
        guard let encoded else { throw .unwritable(path: path, reason: "libpng can't encode it: \(text(message))") }
        defer { free(encoded) }
        return [UInt8](UnsafeBufferPointer(start: encoded, count: count))
    }

    private static func damage(_ path: String, _ message: cpng_message) -> Problem {
        .damaged(path: path, reason: "it can't be decoded as PNG: \(text(message))")
    }

    private static func text(_ message: cpng_message) -> String {
        withUnsafeBytes(of: message.text) { ForeignText.marked(String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)) }
    }
}
