import CZlib
package import Files

/// Writes one gzip member into an `AtomicFile`: no name and no time in its header, so equal content gives equal files.
package final class GzipWriter {
    private let file: AtomicFile
    // On the heap because zlib keeps the stream's address between calls.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableRawBufferPointer

    /// Begins a member; `level` is zlib's, 1 (fast) to 9 (small).
    package init(file: AtomicFile, level: Int32) throws(Problem) {
        self.file = file
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(byteCount: 256 << 10, alignment: 64)
        let status = deflateInit2_(
            stream, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .unwritable(path: file.path, reason: "no memory to compress it") }
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        output.deallocate()
    }

    /// Compresses bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        var offset = 0
        while offset < bytes.count, let base = bytes.baseAddress {
            let count = min(bytes.count - offset, 1 << 30)
            // zlib reads through this pointer only, its type lacks the const.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self)) + offset
            stream.pointee.avail_in = UInt32(count)
            try deflate(flush: Z_NO_FLUSH)
            offset += count
        }
    }

    /// Compresses bytes.
    package func write(_ bytes: [UInt8]) throws(Problem) {
        let failure = bytes.withUnsafeBytes { buffer -> Problem? in
            do throws(Problem) { try write(buffer) } catch { return error }
            return nil
        }
        if let failure { throw failure }
    }

    /// Ends the member; the file is not committed.
    package func finish() throws(Problem) {
        stream.pointee.next_in = nil
        stream.pointee.avail_in = 0
        try deflate(flush: Z_FINISH)
    }

    private func deflate(flush: Int32) throws(Problem) {
        repeat {
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(output.count)
            guard CZlib.deflate(stream, flush) != Z_STREAM_ERROR else {
                throw .unwritable(path: file.path, reason: "zlib can't compress it")
            }
            try file.write(UnsafeRawBufferPointer(rebasing: output[..<(output.count - Int(stream.pointee.avail_out))]))
        } while stream.pointee.avail_out == 0
    }
}
