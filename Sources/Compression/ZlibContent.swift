import CZlib
package import Files

// Pointers: zlib's stream holds the addresses of its input and output.

/// Throws unless a zlib or gzip stream (RFC 1950, 1952) that begins at a place of a file holds exactly so many bytes, its check value right.
///
/// - Parameters:
///   - path: the file.
///   - offset: where the stream begins, bytes.
///   - byteCount: of the content; no more is inflated.
/// - Throws: `.truncated` where the stream ends early, `.damaged` where it is none or holds another number of bytes.
package func requireZlibContent(of path: String, from offset: Int, byteCount: Int) throws(Problem) {
    let file = try RegularFile(path: path)
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    defer {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        input.deallocate()
        output.deallocate()
    }
    guard inflateInit2_(stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw .unreadable(path: path, reason: "no memory to inflate it")
    }
    var (place, made, status) = (offset, 0, Z_OK)
    while status == Z_OK, made <= byteCount {
        if stream.pointee.avail_in == 0 {
            let count = try file.read(into: input, at: place)
            guard count > 0 else { throw .truncated(path: path) }
            place += count
            stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_in = UInt32(count)
        }
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        status = inflate(stream, Z_NO_FLUSH)
        made += output.count - Int(stream.pointee.avail_out)
    }
    guard status == Z_STREAM_END, made == byteCount else {
        throw .damaged(path: path, reason: "its compressed voxels are invalid, or not the \(byteCount) bytes that its header declares")
    }
}
