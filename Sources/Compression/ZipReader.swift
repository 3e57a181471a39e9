import CLibzip
package import Files

/// A zip archive open for reading. Not for several threads at once.
package final class ZipReader {
    /// The archive's path.
    package let path: String
    /// Its entries in the order of its directory.
    package let entries: [ZipEntry]
    private let archive: OpaquePointer

    /// Opens an archive; one with more than `entryLimit` entries is refused.
    package init(path: String, entryLimit: Int = 100_000) throws(Problem) {
        _ = try RegularFile(path: path)
        var code: Int32 = 0
        guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
            var error = zip_error_t()
            zip_error_init_with_code(&error, code)
            defer { zip_error_fini(&error) }
            throw .damaged(path: path, reason: String(cString: zip_error_strerror(&error)))
        }
        do throws(Problem) {
            entries = try Self.list(archive, path: path, limit: entryLimit)
        } catch {
            zip_discard(archive)
            throw error
        }
        self.path = path
        self.archive = archive
    }

    deinit {
        zip_discard(archive)
    }

    /// The entry of a name.
    package func entry(named name: String) -> ZipEntry? {
        entries.first { $0.name == name }
    }

    /// Unpacks one entry into memory and verifies its check value; one that is or claims to be larger than `limit` bytes is refused.
    package func read(_ entry: ZipEntry, limit: Int) throws(Problem) -> [UInt8] {
        guard entry.size <= limit else { throw .tooLarge(path: path, limit: limit) }
        let stream = try open(entry)
        var failure: Problem?
        let bytes = [UInt8](unsafeUninitializedCapacity: entry.size) { buffer, count in
            do throws(Problem) {
                try stream.readFully(into: UnsafeMutableRawBufferPointer(buffer))
                try stream.finish()
                count = entry.size
            } catch {
                failure = error
                count = 0
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Unpacks one entry into a file, which appears only when it is whole and its check value is right.
    ///
    /// - `progress`: told again and again how many bytes are written; false gives the file up with `Problem.cancelled`.
    package func extract(
        _ entry: ZipEntry, to destination: String, limit: Int, progress: (_ written: Int) -> Bool = { _ in true }
    ) throws(Problem) {
        guard entry.size <= limit else { throw .tooLarge(path: path, limit: limit) }
        let stream = try open(entry)
        let file = try AtomicFile(path: destination)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var left = entry.size
        while left > 0 {
            guard progress(entry.size - left) else { throw .cancelled }
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)])
            try stream.readFully(into: part)
            try file.write(UnsafeRawBufferPointer(part))
            left -= part.count
        }
        try stream.finish()
        try file.commit()
    }

    /// Opens one entry for reading front to back.
    package func open(_ entry: ZipEntry) throws(Problem) -> ZipEntryStream {
        guard !entry.isEncrypted else { throw .unsafeEntry(path: path, name: entry.name, reason: "it is encrypted") }
        guard let handle = zip_fopen_index(archive, zip_uint64_t(entry.index), 0) else {
            throw .damaged(path: path, reason: String(cString: zip_strerror(archive)))
        }
        return ZipEntryStream(handle: handle, archive: self)
    }

    private static func list(_ archive: OpaquePointer, path: String, limit: Int) throws(Problem) -> [ZipEntry] {
        let count = Int(zip_get_num_entries(archive, 0))
        guard count <= limit else { throw .damaged(path: path, reason: "it has \(count) entries, more than \(limit)") }
        var entries: [ZipEntry] = []
        entries.reserveCapacity(count)
        for index in 0..<count {
            var status = zip_stat_t()
            guard zip_stat_index(archive, zip_uint64_t(index), 0, &status) == 0, let name = status.name,
                let size = Int(exactly: status.size), let compressedSize = Int(exactly: status.comp_size)
            else { throw .damaged(path: path, reason: "entry \(index) of its directory can't be read") }
            var system: zip_uint8_t = 0
            var attributes: zip_uint32_t = 0
            zip_file_get_external_attributes(archive, zip_uint64_t(index), 0, &system, &attributes)
            entries.append(
                ZipEntry(
                    index: index, name: String(cString: name), size: size, compressedSize: compressedSize,
                    isSymbolicLink: Int32(system) == ZIP_OPSYS_UNIX && (attributes >> 16) & 0o170000 == 0o120000,
                    isEncrypted: status.encryption_method != UInt16(ZIP_EM_NONE)))
        }
        return entries
    }
}

/// The content of one entry, read front to back.
package final class ZipEntryStream {
    private let handle: OpaquePointer
    private let archive: ZipReader

    fileprivate init(handle: OpaquePointer, archive: ZipReader) {
        self.handle = handle
        self.archive = archive
    }

    deinit {
        zip_fclose(handle)
    }

    /// Reads exactly the buffer's size; throws `truncated` when the entry ends before.
    package func readFully(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) {
        var filled = 0
        while filled < buffer.count, let base = buffer.baseAddress {
            let count = zip_fread(handle, base + filled, zip_uint64_t(buffer.count - filled))
            guard count >= 0 else { throw .damaged(path: archive.path, reason: String(cString: zip_file_strerror(handle))) }
            guard count > 0 else { throw .truncated(path: archive.path) }
            filled += Int(count)
        }
    }

    /// Expects the end, which makes the library compare the check value.
    package func finish() throws(Problem) {
        var byte: UInt8 = 0
        switch zip_fread(handle, &byte, 1) {
        case 0: return
        case 1: throw .damaged(path: archive.path, reason: "an entry is longer than the directory says")
        default: throw .damaged(path: archive.path, reason: String(cString: zip_file_strerror(handle)))
        }
    }
}
