package import Files

/// Bytes read front to back, from a file or from an entry of an archive.
package protocol ByteStream {
    /// Fills all of the bytes.
    func readFully(into bytes: inout MutableRawSpan) throws(Problem)
}

extension GzipReader: ByteStream {}
extension ZipEntryStream: ByteStream {}

extension ByteStream {
    /// The next `count` bytes.
    package func bytes(_ count: Int) throws(Problem) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        try readFully(into: &raw)
        return bytes
    }
}
