import Glibc
import SystemPackage

/// A file that appears under its name only when it is whole: written beside it under a temporary name, then synced and renamed.
package final class AtomicFile {
    /// The final name.
    package let path: String
    private let draft: FileDraft

    /// The name while it is being written, in the same folder.
    package var temporaryPath: String { draft.temporary.string }

    /// Creates the temporary file. `mode` is the final file's, before the process's mask.
    package init(path: String, mode: UInt32 = 0o644) throws(Problem) {
        self.path = path
        guard !path.isEmpty, !path.hasSuffix("/") else { throw .unwritable(path: path, reason: "it has no file name") }
        do throws(SystemError) {
            draft = try FileDraft(
                FilePath(path), at: FilePath(Self.temporaryPath(beside: path)), [.readingAndWriting, .createNew], mode: mode)
        } catch {
            throw .unwritable(path: path, error)
        }
    }

    /// Appends bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        try wording { () throws(SystemError) in try draft.file.write(bytes) }
    }

    /// Appends bytes.
    package func write(_ bytes: RawSpan) throws(Problem) {
        try bytes.withUnsafeBytes { buffer throws(Problem) in try write(buffer) }
    }

    /// Appends bytes.
    package func write(_ bytes: [UInt8]) throws(Problem) {
        try write(bytes.span.bytes)
    }

    /// Writes a whole file: under a temporary name, synced and renamed.
    package static func write(_ bytes: [UInt8], to path: String) throws(Problem) {
        let file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    /// Syncs the content to the disk, gives the file its final name (replacing an older one), and syncs the folder.
    package func commit() throws(Problem) {
        try wording { () throws(SystemError) in try draft.commit() }
    }

    /// A hidden name in a file's folder for what is not whole yet: short, so that the file itself may have the longest name there is.
    package static func temporaryPath(beside path: String) -> String {
        FilePath(path).parent.appending(".\(getpid()).\(UInt32.random(in: 0 ... .max)).part").string
    }

    /// Syncs a finished file that another library wrote under a temporary name, and gives it its final name; removes it on failure.
    package static func publish(_ temporaryPath: String, as path: String) throws(Problem) {
        do throws(SystemError) {
            try OpenFile(FilePath(temporaryPath), .reading).synchronize()
            try FileDraft.rename(FilePath(temporaryPath), to: FilePath(path))
        } catch {
            unlink(temporaryPath)
            throw .unwritable(path: path, error)
        }
    }

    private func wording(_ body: () throws(SystemError) -> Void) throws(Problem) {
        do { try body() } catch { throw .unwritable(path: path, error) }
    }
}
