import Glibc

/// Reads a whole small file; one that is larger than `limit` is refused before anything is allocated.
func readFile(_ path: String, limit: Int) throws(ModelError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
    defer { close(file) }
    let size = try fileSize(file, path: path)
    guard size <= limit else {
        throw .mismatch(
            path: path, item: "size", expected: "at most \(limit) bytes", found: "\(size) bytes",
            advice: "This is not a file of an nnU-Net model folder.")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
        let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress?.advanced(by: filled), size - filled) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw .unreadable(path: path, reason: count < 0 ? systemReason() : "it became shorter while being read") }
        filled += count
    }
    return bytes
}

/// The size of an open regular file.
func fileSize(_ file: Int32, path: String) throws(ModelError) -> Int {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .unreadable(path: path, reason: systemReason()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "it is not a regular file") }
    return Int(status.st_size)
}

/// The reason of the last failed system call.
func systemReason() -> String { String(cString: strerror(errno)) }
