import CZlib
package import Files

/// Compresses bytes into a zlib stream (RFC 1950), as PNG stores its pixels. `level` is zlib's, 1 (fast) to 9 (small).
package func zlibCompressed(_ input: [UInt8], level: Int32 = 6) throws(Problem) -> [UInt8] {
    var count = compressBound(UInt(input.count))
    var status = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, written in
        status = compress2(buffer.baseAddress, &count, input, UInt(input.count), level)
        written = status == Z_OK ? Int(count) : 0
    }
    guard status == Z_OK else { throw .unwritable(path: "a zlib stream", reason: "no memory to compress \(input.count) bytes") }
    return output
}
