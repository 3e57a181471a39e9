import CLinux
import Glibc
package import SystemPackage

extension FileSystem {
    /// The end of the name of a file that is still being written.
    private static let partialSuffix = ".partial"

    /// Where a file is while it is being written: hidden in its folder, the same at each attempt, and short, so that the file itself may have
    /// the longest name there is.
    private static func partialPath(of path: FilePath) -> FilePath {
        // FNV-1a, 64 bits.
        let hash = path.name.bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return path.parent.appending("." + String(hash, radix: 16) + partialSuffix)
    }

    /// Writes a file whole or not at all: partial name, flush, rename over whatever had the name, flush the folder.
    ///
    /// - `mode`: of the new file, before the process's mask.
    package static func write(_ bytes: some Sequence<UInt8>, to path: FilePath, mode: UInt32 = 0o666) throws(Problem) {
        try writing(to: path, mode: mode) { file throws(SystemError) in try file.write(Array(bytes)) }
    }

    /// Adds to the end of a file that is there; on the disk when this returns.
    package static func append(_ bytes: some Sequence<UInt8>, to path: FilePath) throws(Problem) {
        do throws(SystemError) {
            let file = try OpenFile(path, [.writing, .append, .noFollow])
            try file.write(Array(bytes))
            try file.synchronize()
        } catch {
            throw .refused("written", path: path, error)
        }
    }

    /// Copies a file's content whole or not at all, by the kernel where it can; the source must be an ordinary file.
    package static func copy(_ source: FilePath, to path: FilePath) throws(Problem) {
        let input = try openToRead(source)
        guard (try? input.status().facts.kind) == .file else { throw .refused("read as a file", path: source, .unsuitable) }
        try writing(to: path, mode: 0o666) { output throws(SystemError) in try copyAll(from: input, to: output) }
    }

    private static func writing(to path: FilePath, mode: UInt32, _ body: (OpenFile) throws(SystemError) -> Void) throws(Problem) {
        do throws(SystemError) {
            let draft = try FileDraft(path, at: partialPath(of: path), [.writing, .create, .truncate, .noFollow], mode: mode)
            try body(draft.file)
            try draft.commit()
        } catch {
            throw .refused("written", path: path, error)
        }
    }

    private static func copyAll(from input: OpenFile, to output: OpenFile) throws(SystemError) {
        do {  // copy_file_range lets a server or a reflinking file system copy by itself
            while try SystemError.repeating({ copy_file_range(input.descriptor, nil, output.descriptor, nil, 1 << 30, 0) }) > 0 {}
        } catch {
            guard [EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EBADF, EPERM].contains(error.code) else { throw error }
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {  // the offsets stand where the kernel's copy ended
            let count = try input.fill(&buffer)
            guard count > 0 else { return }
            try output.write(buffer.span.extracting(..<count).bytes)
        }
    }
}
