package import Files

/// Bytes read front to back, from a file or from an entry of an archive.
package protocol ByteStream {
    /// Reads exactly the buffer's size.
    func readFully(into buffer: UnsafeMutableRawBufferPointer) throws(Problem)
}

extension GzipReader: ByteStream {}
extension ZipEntryStream: ByteStream {}

extension ByteStream {
    /// The next `count` bytes.
    package func bytes(_ count: Int) throws(Problem) -> [UInt8] {
        var failure: Problem?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(Problem) {
                try readFully(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
                filled = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
