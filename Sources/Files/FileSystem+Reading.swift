import Glibc

extension FileSystem {
    /// The text of a file, invalid UTF-8 repaired.
    ///
    /// - `limit`: bytes; a longer file is an error (`EFBIG`).
    package static func readText(_ path: RawPath, limit: Int) throws(Problem) -> String {
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw Problem.refused("read", path: path, code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Problem.refused("read", path: path, code: errno) }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw Problem.refused("read", path: path, code: EFBIG) }
        }
    }
}
