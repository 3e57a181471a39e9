import Glibc

extension OpenFile {
    /// Reads until the buffer is full or the file ends; gives the number of bytes read.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try Self.transfer(buffer) { start, count, _ in Glibc.read(descriptor, start, count) }
    }

    /// Reads from a place until the buffer is full or the file ends; gives the number of bytes read.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
        try Self.transfer(buffer) { start, count, done in pread(descriptor, start, count, off_t(offset + done)) }
    }

    /// Writes all of the bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        let written = try Self.transfer(UnsafeMutableRawBufferPointer(mutating: bytes)) { start, count, _ in
            Glibc.write(descriptor, start, count)
        }
        guard written == bytes.count else { throw SystemError(EIO) }
    }

    /// Writes all of the bytes.
    package func write(_ bytes: [UInt8]) throws(SystemError) {
        try write(bytes.span.bytes)
    }

    /// Writes all of the bytes.
    package func write(_ bytes: RawSpan) throws(SystemError) {
        try bytes.withUnsafeBytes { bytes throws(SystemError) in try write(bytes) }
    }

    /// Fills an array from the file; gives how many bytes there were.
    ///
    /// - `offset`: where to read from; nil goes on where the last read ended.
    package func fill(_ chunk: inout [UInt8], at offset: Int? = nil) throws(SystemError) -> Int {
        var span = chunk.mutableSpan
        var bytes = span.mutableBytes
        return try bytes.withUnsafeMutableBytes { bytes throws(SystemError) in
            if let offset { try read(into: bytes, at: offset) } else { try read(into: bytes) }
        }
    }

    private static func transfer(
        _ buffer: UnsafeMutableRawBufferPointer, _ call: (UnsafeMutableRawPointer, Int, Int) -> Int
    ) throws(SystemError) -> Int {
        guard let start = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let moved = try SystemError.repeating { call(start + done, buffer.count - done, done) }
            if moved == 0 { break }
            done += moved
        }
        return done
    }
}

extension SystemError {
    /// Makes a call, again while a signal interrupts it, and throws what it sets `errno` to where it gives less than 0.
    static func repeating<Result: FixedWidthInteger>(_ call: () -> Result) throws(SystemError) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw SystemError(code) }
        }
    }
}
