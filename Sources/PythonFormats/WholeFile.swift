package import Files

/// Reads a whole small file; one that is larger than `limit` is refused before anything is allocated.
package func readFile(_ path: String, limit: Int) throws(Problem) -> [UInt8] {
    do throws(Problem) {
        let file = try RegularFile(path: path)
        guard file.size <= limit else {
            throw .mismatch(
                path: path, item: "size", expected: "at most \(limit) bytes", found: "\(file.size) bytes",
                advice: "this is not a file of an nnU-Net model folder")
        }
        var bytes = [UInt8](repeating: 0, count: file.size)
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        let count = try file.read(into: &raw)
        return count < bytes.count ? Array(bytes[..<count]) : bytes
    } catch {
        throw error.of(.model)
    }
}
