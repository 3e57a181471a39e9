import CZlib
package import Files

/// Inflates a raw deflate stream (RFC 1951, without a gzip or zlib header), as DICOM's deflated transfer syntax stores a data set.
///
/// More than `limit` bytes throw `tooLarge`; a stream that ends early throws `truncated`. `path` only names the file in errors.
package func inflateRawDeflate(_ input: [UInt8], path: String, limit: Int) throws(Problem) -> [UInt8] {
    // On the heap because zlib keeps the stream's address between calls.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }
    guard inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw .unreadable(path: path, reason: "no memory to inflate it")
    }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    var consumed = 0
    while true {
        let (status, used, made) = step(stream, input: input, from: consumed, into: &chunk)
        consumed += used
        guard output.count + made <= limit else { throw .tooLarge(path: path, limit: limit) }
        output.append(contentsOf: chunk[..<made])
        switch status {
        case Z_STREAM_END: return output
        case Z_OK where used > 0 || made > 0: continue
        case Z_OK, Z_BUF_ERROR: throw .truncated(path: path)
        default: throw .damaged(path: path, reason: "the deflated data set is invalid")
        }
    }
}

/// One call of zlib: its status, the bytes it took and the bytes it made.
private func step(
    _ stream: UnsafeMutablePointer<z_stream>, input: [UInt8], from start: Int, into chunk: inout [UInt8]
) -> (status: Int32, used: Int, made: Int) {
    input.withUnsafeBufferPointer { source in
        chunk.withUnsafeMutableBufferPointer { target in
            let available = min(source.count - start, Int(UInt32.max))
            // zlib's `next_in` is not const, but it only reads.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress?.advanced(by: start))
            stream.pointee.avail_in = UInt32(available)
            stream.pointee.next_out = target.baseAddress
            stream.pointee.avail_out = UInt32(target.count)
            let status = inflate(stream, Z_NO_FLUSH)
            return (status, available - Int(stream.pointee.avail_in), target.count - Int(stream.pointee.avail_out))
        }
    }
}
