import Compression
import Files

/// The bytes of one file, looked at through a small window, so that a header is read without its pixels.
///
/// The file is opened once and stays open: what was checked is what is read. Only regular files are opened, and no symbolic link is
/// followed, because a name in an inbox must not lead out of it; opening never waits on a pipe.
struct DICOMByteSource: ~Copyable {
    let path: String
    /// The number of bytes, when it was opened.
    let count: Int
    /// Nil for bytes in memory.
    private let file: RegularFile?
    private var window: [UInt8]
    private var windowStart = 0

    static let windowSize = 16 << 10

    init(path: String) throws(Problem) {
        let file = try RegularFile(path: path, followsLinks: false)
        self.path = path
        self.file = file
        count = file.size
        window = []
    }

    /// Bytes that are already in memory, such as an inflated data set.
    init(path: String, bytes: [UInt8]) {
        self.path = path
        file = nil
        count = bytes.count
        window = bytes
    }

    /// Whether `length` bytes lie at an offset.
    func holds(_ length: Int, at offset: Int) -> Bool {
        offset >= 0 && length >= 0 && length <= count && offset <= count - length
    }

    /// A number of 2 or 4 bytes; the caller has made sure that they are there.
    mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type, at offset: Int, bigEndian: Bool
    ) throws(Problem) -> Value {
        let size = MemoryLayout<Value>.size
        let start = try show(size, at: offset)
        let value = window.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Value.self) }
        return bigEndian ? Value(bigEndian: value) : Value(littleEndian: value)
    }

    /// A copy of a few bytes; the caller has made sure that they are there.
    mutating func bytes(_ length: Int, at offset: Int) throws(Problem) -> ArraySlice<UInt8> {
        let start = try show(length, at: offset)
        return window[start..<(start + length)]
    }

    /// Fills a buffer with the bytes at an offset, past the window.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Problem) {
        guard holds(buffer.count, at: offset) else { throw .damaged(path: path, reason: "it ends before its pixel data do") }
        guard let file else {
            window.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + buffer.count)])) }
            return
        }
        guard try file.read(into: buffer, at: offset) == buffer.count else {
            throw .damaged(path: path, reason: "it became shorter while it was read")
        }
    }

    /// Moves the window so that it shows some bytes, and gives their place in it.
    private mutating func show(_ length: Int, at offset: Int) throws(Problem) -> Int {
        precondition(holds(length, at: offset))
        if offset >= windowStart, offset + length <= windowStart + window.count { return offset - windowStart }
        var moved = [UInt8](repeating: 0, count: min(max(length, Self.windowSize), count - offset))
        var span = moved.mutableSpan
        var bytes = span.mutableBytes
        try bytes.withUnsafeMutableBytes { buffer throws(Problem) in try read(into: buffer, at: offset) }
        window = moved
        windowStart = offset
        return 0
    }
}
