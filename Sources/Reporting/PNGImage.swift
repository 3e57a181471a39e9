import CCairo
package import Files
import Foundation

/// A picture as the bytes of a PNG file.
package struct PNGImage: Sendable, Equatable {
    /// The file's content.
    package let bytes: [UInt8]
    /// Columns, px.
    package let width: Int
    /// Rows, px.
    package let height: Int

    /// Holds what an encoder has made.
    init(bytes: [UInt8], width: Int, height: Int) {
        self.bytes = bytes
        self.width = width
        self.height = height
    }

    /// Reads a file and decodes it once, so that a damaged one is refused: the check after publishing.
    package init(contentsOf path: String) throws(Problem) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path, reason: "it is missing or not readable")
        }
        let pixels = try PixelImage(png: [UInt8](data))
        self.init(bytes: [UInt8](data), width: pixels.width, height: pixels.height)
    }

    /// Writes the file under a temporary name, flushes it and renames it to `path`.
    package func write(to path: String) throws(Problem) {
        try AtomicFile.write(bytes, to: path)
    }

    /// Decodes the picture.
    package func pixels() throws(Problem) -> PixelImage { try PixelImage(png: bytes) }
}

/// A decoded picture: opaque 8-bit RGB, row by row.
package struct PixelImage: Sendable, Equatable {
    /// Columns, px.
    package let width: Int
    /// Rows, px.
    package let height: Int
    /// 0xRRGGBB, row by row.
    package let values: [UInt32]

    /// The colour of one pixel.
    package subscript(x: Int, y: Int) -> OverlayColor { OverlayColor(values[y * width + x]) }

    /// Decodes a PNG through Cairo.
    package init(png: [UInt8]) throws(Problem) {
        let source = ByteSource(png)
        let surface = cairo_image_surface_create_from_png_stream(
            { closure, target, count in
                guard let closure, let target else { return CAIRO_STATUS_READ_ERROR }
                return Unmanaged<ByteSource>.fromOpaque(closure).takeUnretainedValue().copy(Int(count), to: target)
            }, Unmanaged.passUnretained(source).toOpaque())
        defer { cairo_surface_destroy(surface) }
        let status = cairo_surface_status(surface)
        guard status == CAIRO_STATUS_SUCCESS, let data = cairo_image_surface_get_data(surface) else {
            throw .notAPicture(reason: String(cString: cairo_status_to_string(status)))
        }
        let stride = Int(cairo_image_surface_get_stride(surface))
        let width = Int(cairo_image_surface_get_width(surface))
        let height = Int(cairo_image_surface_get_height(surface))
        self.width = width
        self.height = height
        values = [UInt32](unsafeUninitializedCapacity: width * height) { buffer, count in
            for row in 0..<height {
                let line = UnsafeRawPointer(data + row * stride)
                for column in 0..<width {
                    buffer[count] = line.load(fromByteOffset: column * 4, as: UInt32.self) & 0xFF_FFFF
                    count += 1
                }
            }
        }
    }

    /// What Cairo's decoder reads from.
    private final class ByteSource {
        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func copy(_ count: Int, to target: UnsafeMutablePointer<UInt8>) -> cairo_status_t {
            guard position + count <= bytes.count else { return CAIRO_STATUS_READ_ERROR }
            for index in 0..<count { target[index] = bytes[position + index] }
            position += count
            return CAIRO_STATUS_SUCCESS
        }
    }
}
