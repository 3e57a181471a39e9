package import SystemPackage

extension FileSystem {
    /// Whether two files hold the same bytes.
    package static func haveEqualContent(_ first: FilePath, _ second: FilePath) throws(Problem) -> Bool {
        let (one, other) = (try openToRead(first), try openToRead(second))
        var chunks = ([UInt8](repeating: 0, count: 1 << 18), [UInt8](repeating: 0, count: 1 << 18))
        while true {
            let counts = (try fill(&chunks.0, from: one, first), try fill(&chunks.1, from: other, second))
            guard counts.0 == counts.1, chunks.0[..<counts.0] == chunks.1[..<counts.1] else { return false }
            if counts.0 == 0 { return true }
        }
    }

    /// Reads a file to its end and drops what it reads: an error says that the disk or the permissions, not the content, are at fault.
    package static func readThrough(_ path: FilePath) throws(Problem) {
        let file = try openToRead(path)
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while try fill(&chunk, from: file, path) > 0 {}
    }

    /// The text of a file, invalid UTF-8 repaired.
    ///
    /// - `limit`: bytes; a longer file is an error.
    package static func readText(_ path: FilePath, limit: Int) throws(Problem) -> String {
        String(decoding: try readBytes(path, limit: limit), as: UTF8.self)
    }

    /// The bytes of a file that may have no size, as those of `/proc`.
    ///
    /// - `limit`: bytes; a longer file is an error.
    package static func readBytes(_ path: FilePath, limit: Int) throws(Problem) -> [UInt8] {
        let file = try openToRead(path, followingLinks: true)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = try fill(&chunk, from: file, path)
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw .refused("read", path: path, .tooLarge) }
        }
    }

    static func openToRead(_ path: FilePath, followingLinks: Bool = false) throws(Problem) -> OpenFile {
        do { return try OpenFile(path, followingLinks ? .reading : [.reading, .noFollow]) } catch {
            throw .refused("read", path: path, error)
        }
    }

    private static func fill(_ chunk: inout [UInt8], from file: OpenFile, _ path: FilePath) throws(Problem) -> Int {
        do { return try file.fill(&chunk) } catch { throw .refused("read", path: path, error) }
    }
}
