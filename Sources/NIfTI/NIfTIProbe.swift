import Compression
import Files
import Glibc

/// Tells whether a NIfTI file is there to its end, before anything is done with it.
package enum NIfTIProbe {
    /// What shows that a file ends before the voxels that its header declares do, as a clause; nil where nothing shows it, also for a file
    /// that is no NIfTI at all: what else is wrong is its reader's to say.
    ///
    /// A gzip file's last four bytes are the length of its content (RFC 1952); where they don't agree with the header, the whole content is
    /// read, since a file of several members ends so too.
    package static func shortfall(path: String) -> String? {
        do throws(Problem) {
            let reader = try GzipReader(path: path)
            guard reader.fileSize > 0 else { return "is empty" }
            guard let header = try? NIfTIHeader(from: reader) else { return try headerShortfall(path: path) }
            guard header.form.isSingleFile, let datatype = header.datatype else { return nil }
            let bytes = header.voxelCount.multipliedReportingOverflow(by: datatype.size)
            guard !bytes.overflow else { return nil }
            let needed = header.voxelOffset + bytes.partialValue
            guard reader.isCompressed else {
                return reader.fileSize < needed ? "holds \(reader.fileSize) of the \(needed) bytes that its header declares" : nil
            }
            guard needed <= reader.largestContentSize else { return "is too short for the \(needed) bytes that its header declares" }
            if lengthAtEnd(of: path) == UInt32(truncatingIfNeeded: needed) { return nil }
            try reader.skip(needed - reader.contentRead)
            _ = try reader.drain(limit: 16 << 20)
            return nil
        } catch {
            return [.damaged, .truncated, .tooLarge].contains(error.kind) ? error.finding : nil
        }
    }

    /// The same for a file whose header can't be read: whether it begins as one does and ends within it.
    private static func headerShortfall(path: String) throws(Problem) -> String? {
        let reader = try GzipReader(path: path)
        var start = [UInt8](repeating: 0, count: 348)
        let count = try reader.fill(&start, start.indices)
        guard count >= 4, count < start.count else { return nil }
        let stored = start.span.bytes.unsafeLoadUnaligned(as: Int32.self)
        return [348, 540].contains(stored) || [348, 540].contains(stored.byteSwapped) ? "ends within its header" : nil
    }

    /// The last four bytes as a number, low byte first.
    private static func lengthAtEnd(of path: String) -> UInt32? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let end = lseek(file, 0, SEEK_END)
        var bytes: [UInt8] = [0, 0, 0, 0]
        guard end >= 4, pread(file, &bytes, 4, end - 4) == 4 else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
