import CLinux
import Glibc

extension FileSystem {
    /// The end of the name of a file that is still being written.
    private static let partialSuffix = ".partial"

    /// Where a file is while it is being written: hidden in its folder, the same at each attempt, and short, so that the file itself may have
    /// the longest name there is.
    private static func partialPath(of path: RawPath) -> RawPath {
        // FNV-1a, 64 bits.
        let hash = path.lastComponent.bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return path.parent.appending(RawPath("." + String(hash, radix: 16) + partialSuffix))
    }

    /// Writes a file whole or not at all: partial name, flush, rename over whatever had the name, flush the folder.
    ///
    /// - `mode`: of the new file, before the process's mask.
    package static func write(_ bytes: some Sequence<UInt8>, to path: RawPath, mode: UInt32 = 0o666) throws(Problem) {
        let partial = partialPath(of: path)
        let descriptor = partial.withCString { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode) }
        guard descriptor >= 0 else { throw Problem.refused("written", path: path, code: errno) }
        var code = writeAll(Array(bytes), to: descriptor)
        if code == 0, fsync(descriptor) != 0 { code = errno }
        if Glibc.close(descriptor) != 0, code == 0 { code = errno }
        try finish(partial, path, code)
    }

    /// Adds to the end of a file that is there; on the disk when this returns.
    package static func append(_ bytes: some Sequence<UInt8>, to path: RawPath) throws(Problem) {
        let descriptor = path.withCString { open($0, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW) }
        guard descriptor >= 0 else { throw Problem.refused("written", path: path, code: errno) }
        var code = writeAll(Array(bytes), to: descriptor)
        if code == 0, fsync(descriptor) != 0 { code = errno }
        if Glibc.close(descriptor) != 0, code == 0 { code = errno }
        guard code == 0 else { throw Problem.refused("written", path: path, code: code) }
    }

    /// Copies a file's content whole or not at all, by the kernel where it can; the source must be an ordinary file.
    package static func copy(_ source: RawPath, to path: RawPath) throws(Problem) {
        let input = source.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
        guard input >= 0 else { throw Problem.refused("read", path: source, code: errno) }
        defer { close(input) }
        var facts = stat()
        guard fstat(input, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw Problem.refused("read as a file", path: source, code: EINVAL)
        }
        let partial = partialPath(of: path)
        let output = partial.withCString { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666) }
        guard output >= 0 else { throw Problem.refused("written", path: path, code: errno) }
        var code = copyAll(from: input, to: output)
        if code == 0, fsync(output) != 0 { code = errno }
        if Glibc.close(output) != 0, code == 0 { code = errno }
        try finish(partial, path, code)
    }

    private static func finish(_ partial: RawPath, _ path: RawPath, _ failure: Int32) throws(Problem) {
        var code = failure
        if code == 0 { partial.withCString { partial in path.withCString { if rename(partial, $0) != 0 { code = errno } } } }
        guard code == 0 else {
            _ = partial.withCString { unlink($0) }
            throw Problem.refused("written", path: path, code: code)
        }
        try synchronizeFolder(path.parent)
    }

    private static func copyAll(from input: Int32, to output: Int32) -> Int32 {
        while true {  // copy_file_range lets a server or a reflinking file system copy by itself
            let count = copy_file_range(input, nil, output, nil, 1 << 30, 0)
            if count == 0 { break }
            if count > 0 { continue }
            if errno == EINTR { continue }
            guard [EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EBADF, EPERM].contains(errno) else { return errno }
            break
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {  // the offsets stand where the kernel's copy ended
            let count = buffer.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count != 0 else { return 0 }
            guard count > 0 else { return errno }
            let code = writeAll(buffer[..<count], to: output)
            if code != 0 { return code }
        }
    }

    private static func writeAll(_ bytes: some Collection<UInt8>, to descriptor: Int32) -> Int32 {
        bytes.withContiguousStorageIfAvailable { buffer -> Int32 in
            var written = 0
            while written < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                written += count
            }
            return 0
        } ?? EINVAL
    }
}

extension RawPath {
    /// The folder this path lies in; the path itself for the root.
    package var parent: RawPath {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return RawPath(".") }
        return slash == 0 ? RawPath("/") : RawPath(bytes: Array(bytes[..<slash]))
    }

    /// The part after the last slash.
    package var lastComponent: RawPath {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return self }
        return RawPath(bytes: Array(bytes[(slash + 1)...]))
    }
}
