package import Files
import SystemPackage

/// What was fetched of a file so far, in a file of its own that a later attempt goes on with, and the mark by which the server tells the
/// version that it is of (RFC 9110, 8.8), in another one beside it.
///
/// Only one process at a time has it.
package final class PartialFile {
    /// Where it is.
    package let path: String
    /// Bytes fetched so far.
    package private(set) var size: Int
    /// An entity tag or a date; nil where the server gave neither, so that nothing can be added to what is there.
    private(set) var mark: String?
    private let file: OpenFile
    private var markPath: String { path + ".mark" }
    /// More is no mark that a server needs.
    private static let longestMark = 1024

    /// Opens what an earlier attempt left, or makes an empty file.
    ///
    /// - Parameter path: a name for the download that stays the same from one attempt to the next.
    /// - Throws: `Problem` where the file can't be made, or another process has it.
    package init(path: String) throws(Problem) {
        self.path = path
        do throws(SystemError) {
            file = try OpenFile(FilePath(path), [.readingAndWriting, .create, .append, .noFollow], mode: 0o644)
            size = try file.status().facts.size
            guard try file.lock(waits: false) else {
                throw .taken
            }
        } catch {
            guard !error.isCollision else { throw Problem(.occupied, at: path, "another process is fetching into it; wait for it to end") }
            throw .unwritable(path: path, error)
        }
        mark = try? FileSystem.readText(FilePath(path + ".mark"), limit: Self.longestMark)
    }

    /// Whether a server can be asked for the rest alone.
    package var canGoOn: Bool { size > 0 && mark != nil }

    /// Begins anew with a version of a mark.
    func restart(mark new: String?) throws(Problem) {
        do { try file.setSize(0) } catch { throw .unwritable(path: path, error) }
        size = 0
        mark = new.flatMap { $0.utf8.count <= Self.longestMark ? $0 : nil }
        if let mark { try AtomicFile.write(Array(mark.utf8), to: markPath) } else { try FileSystem.removeFile(FilePath(markPath)) }
    }

    /// Adds bytes.
    func append(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        do { try file.write(bytes) } catch { throw .unwritable(path: path, error) }
        size += bytes.count
    }

    /// The SHA-256 of what is there, in hexadecimal digits.
    package func digest() throws(Problem) -> String {
        var hash = SHA256(), chunk = [UInt8](repeating: 0, count: 1 << 20), place = 0
        while true {
            let count: Int
            do { count = try file.fill(&chunk, at: place) } catch { throw .unreadable(path: path, error) }
            guard count > 0 else { return SHA256.hexadecimal(hash.finalize()) }
            hash.update(chunk.span.extracting(..<count).bytes)
            place += count
        }
    }

    /// Removes it and its mark.
    package func remove() throws(Problem) {
        try FileSystem.removeFile(FilePath(path))
        try FileSystem.removeFile(FilePath(markPath))
    }
}
