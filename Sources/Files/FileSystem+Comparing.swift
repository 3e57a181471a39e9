import Glibc

extension FileSystem {
    /// Whether two files hold the same bytes.
    package static func haveEqualContent(_ first: RawPath, _ second: RawPath) throws(Problem) -> Bool {
        let one = try openToRead(first)
        defer { close(one) }
        let other = try openToRead(second)
        defer { close(other) }
        var chunks = ([UInt8](repeating: 0, count: 1 << 18), [UInt8](repeating: 0, count: 1 << 18))
        while true {
            let counts = (try fill(&chunks.0, from: one, first), try fill(&chunks.1, from: other, second))
            guard counts.0 == counts.1, chunks.0[..<counts.0] == chunks.1[..<counts.1] else { return false }
            if counts.0 == 0 { return true }
        }
    }

    /// Reads a file to its end and drops what it reads: an error says that the disk or the permissions, not the content, are at fault.
    package static func readThrough(_ path: RawPath) throws(Problem) {
        let descriptor = try openToRead(path)
        defer { close(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while try fill(&chunk, from: descriptor, path) > 0 {}
    }

    private static func openToRead(_ path: RawPath) throws(Problem) -> Int32 {
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
        guard descriptor >= 0 else { throw Problem.refused("read", path: path, code: errno) }
        return descriptor
    }

    /// Reads until the chunk is full or the file ends.
    private static func fill(_ chunk: inout [UInt8], from descriptor: Int32, _ path: RawPath) throws(Problem) -> Int {
        var filled = 0
        while filled < chunk.count {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Problem.refused("read", path: path, code: errno) }
            if count == 0 { break }
            filled += count
        }
        return filled
    }
}
