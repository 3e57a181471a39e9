import Compression
import Files

/// Encodes opaque pixels as an 8-bit RGBA PNG; Cairo would drop the alpha channel that matplotlib's `imsave`, hence nnU-Net, writes.
enum RGBAEncoder {
    /// - `rgb`: 3 bytes a pixel, row by row.
    static func encode(rgb: [UInt8], width: Int, height: Int) throws(Problem) -> PNGImage {
        var lines: [UInt8] = []
        lines.reserveCapacity(height * (1 + 4 * width))
        for row in 0..<height {
            lines.append(1)  // filter "sub": each byte less that of the pixel before
            var before = SIMD4<UInt8>.zero
            for column in 0..<width {
                let start = 3 * (row * width + column)
                let pixel = SIMD4(rgb[start], rgb[start + 1], rgb[start + 2], 255)
                let difference = pixel &- before
                for channel in 0..<4 { lines.append(difference[channel]) }
                before = pixel
            }
        }
        let compressed: [UInt8]
        do {
            compressed = try zlibCompressed(lines)
        } catch {
            throw .drawing(reason: error.finding)
        }
        let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 6, 0, 0, 0]
        let bytes: [UInt8] =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", compressed) + chunk("IEND", [])
        return PNGImage(bytes: bytes, width: width, height: height)
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return bigEndian(UInt32(content.count)) + body + bigEndian(CRC32.checksum(body.span.bytes))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
    }
}
