import CZlib
package import Files

/// A file's content read front to back, inflated when the file is gzip (told by its first two bytes, not by its name).
///
/// Several gzip members in a row are one content. Every member's check value and length are verified when its end is reached.
package final class GzipReader {
    /// Whether the file is gzip.
    package let isCompressed: Bool
    /// Whether bytes follow the last gzip member that are neither a member nor zero padding.
    package private(set) var hasTrailingBytes = false
    /// How many bytes of the content were given so far, also by a read that then failed.
    package private(set) var contentRead = 0
    private let file: RegularFile
    private let input: UnsafeMutableRawBufferPointer
    private var available = 0..<0
    // On the heap because zlib keeps the stream's address between calls.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isFinished = false

    private static let inputCapacity = 256 << 10

    /// Opens a file; only a regular one.
    package init(path: String) throws(Problem) {
        file = try RegularFile(path: path)
        input = .allocate(byteCount: Self.inputCapacity, alignment: 64)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        do throws(Problem) {
            available = 0..<(try file.read(into: input))
        } catch {
            isCompressed = false
            throw error
        }
        isCompressed = available.count >= 2 && input[0] == 0x1f && input[1] == 0x8b
        if isCompressed, inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) != Z_OK {
            throw .unreadable(path: path, reason: "no memory to inflate it")
        }
    }

    deinit {
        if isCompressed { inflateEnd(stream) }
        stream.deinitialize(count: 1)
        stream.deallocate()
        input.deallocate()
    }

    /// The file's path.
    package var path: String { file.path }

    /// The file's size on disk, bytes.
    package var fileSize: Int { file.size }

    /// The most bytes the content can have: the file's size, or, inflated, what deflate's highest ratio (1032) allows.
    package var largestContentSize: Int {
        isCompressed ? file.size.multipliedReportingOverflow(by: 1032).partialValue : file.size
    }

    /// Reads until the buffer is full or the content ends; gives the number of bytes read. A content that ends early throws `truncated`.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
        guard !isCompressed else { return try inflate(into: buffer) }
        let count = try copy(into: buffer)
        contentRead += count
        return count
    }

    /// Reads exactly the buffer's size; throws `truncated` when the content ends before.
    package func readFully(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) {
        guard try read(into: buffer) == buffer.count else { throw .truncated(path: path) }
    }

    /// Passes over bytes; throws `truncated` when the content ends before.
    package func skip(_ count: Int) throws(Problem) {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: min(max(count, 1), 64 << 10), alignment: 16)
        defer { scratch.deallocate() }
        var left = count
        while left > 0 {
            let part = UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(left, scratch.count)])
            try readFully(into: part)
            left -= part.count
        }
    }

    /// Reads on to the end, so that the check values are verified; gives the number of bytes passed. More than `limit` throws `tooLarge`.
    package func drain(limit: Int) throws(Problem) -> Int {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { scratch.deallocate() }
        var passed = 0
        while true {
            let count = try read(into: scratch)
            passed += count
            if passed > limit { throw .tooLarge(path: path, limit: limit) }
            if count < scratch.count { return passed }
        }
    }

    private func copy(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
        let buffered = min(available.count, buffer.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[available.lowerBound..<(available.lowerBound + buffered)]))
        available = (available.lowerBound + buffered)..<available.upperBound
        guard buffered < buffer.count else { return buffered }
        return buffered + (try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[buffered...])))
    }

    private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
        var filled = 0
        while filled < buffer.count, !isFinished {
            if available.isEmpty {
                available = 0..<(try file.read(into: input))
                if available.isEmpty { throw .truncated(path: path) }
            }
            let room = min(buffer.count - filled, Int(UInt32.max))
            stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: available.lowerBound)
            stream.pointee.avail_in = UInt32(available.count)
            stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: filled)
            stream.pointee.avail_out = UInt32(room)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            available = (available.upperBound - Int(stream.pointee.avail_in))..<available.upperBound
            let inflated = room - Int(stream.pointee.avail_out)
            filled += inflated
            contentRead += inflated
            switch status {
            case Z_OK, Z_BUF_ERROR: continue
            case Z_STREAM_END: try beginNextMember()
            case Z_MEM_ERROR: throw .unreadable(path: path, reason: "no memory to inflate it")
            default:
                throw .damaged(path: path, reason: Self.plainWords(stream.pointee.msg.map { String(cString: $0) }))
            }
        }
        return filled
    }

    /// zlib's reason for refusing a stream, for people.
    private static func plainWords(_ reason: String?) -> String {
        switch reason {
        case "incorrect data check", "incorrect length check":
            "its content does not match its check value, so some of its bytes have changed"
        case let reason?: "its compressed data is invalid (\(reason))"
        case nil: "its compressed data is invalid"
        }
    }

    /// After a member's end: another member goes on, the file's end or padding finishes.
    private func beginNextMember() throws(Problem) {
        if available.count < 2 {
            let kept = available.count
            if kept == 1 { input[0] = input[available.lowerBound] }
            available = 0..<(kept + (try file.read(into: UnsafeMutableRawBufferPointer(rebasing: input[kept...]))))
        }
        if available.count >= 2, input[available.lowerBound] == 0x1f, input[available.lowerBound + 1] == 0x8b {
            inflateReset(stream)
            return
        }
        isFinished = true
        hasTrailingBytes = input[available].contains { $0 != 0 }
    }
}
