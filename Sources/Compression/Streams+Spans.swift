package import Files

// What reads and writes here borrows its caller's memory as spans; the pointers stay in this module.

extension GzipReader {
    /// Reads until the bytes are full or the content ends; gives the number of bytes read. A content that ends early throws `truncated`.
    package func read(into bytes: inout MutableRawSpan) throws(Problem) -> Int {
        try bytes.withUnsafeMutableBytes { buffer throws(Problem) in try read(into: buffer) }
    }

    /// Fills all of the bytes; throws `truncated` when the content ends before.
    package func readFully(into bytes: inout MutableRawSpan) throws(Problem) {
        try bytes.withUnsafeMutableBytes { buffer throws(Problem) in try readFully(into: buffer) }
    }
}

extension ZipEntryStream {
    /// Fills all of the bytes; throws `truncated` when the entry ends before.
    package func readFully(into bytes: inout MutableRawSpan) throws(Problem) {
        try bytes.withUnsafeMutableBytes { buffer throws(Problem) in try readFully(into: buffer) }
    }
}

extension GzipWriter {
    /// Compresses bytes.
    package func write(_ bytes: RawSpan) throws(Problem) {
        try bytes.withUnsafeBytes { buffer throws(Problem) in try write(buffer) }
    }
}

extension ZipWriter {
    /// Writes an archive with one entry: a head and a body, one behind the other, compressed where they lie.
    ///
    /// - `level`: 0 (stored) to 9 (smallest).
    package static func write(
        path: String, entry name: String, head: RawSpan, body: RawSpan, level: Int
    ) throws(Problem) {
        try head.withUnsafeBytes { head throws(Problem) in
            try body.withUnsafeBytes { body throws(Problem) in
                let archive = try ZipWriter(path: path)
                try archive.addUnsafeFragments([head, body], named: name, level: level)
                try archive.finish()
            }
        }
    }
}
