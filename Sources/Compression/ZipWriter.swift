import CLibzip
package import Files

/// A zip archive being written; it appears under its name only when `finish()` has succeeded.
package final class ZipWriter {
    /// The archive's final path.
    package let path: String
    private let temporaryPath: String
    private var archive: OpaquePointer?
    // What the library reads when it closes the archive.
    private var copies: [UnsafeMutableRawBufferPointer] = []

    /// Begins an archive.
    package init(path: String) throws(Problem) {
        self.path = path
        temporaryPath = AtomicFile.temporaryPath(beside: path)
        var code: Int32 = 0
        archive = zip_open(temporaryPath, ZIP_CREATE | ZIP_EXCL, &code)
        guard archive != nil else { throw .unwritable(path: path, .last) }
    }

    deinit {
        if let archive { zip_discard(archive) }
        for copy in copies { copy.deallocate() }
    }

    /// Adds a file's content under a name; the file is read when the archive is finished. `level` is 0 (stored) to 9 (smallest).
    package func addFile(named name: String, contentOf file: String, level: Int = 6) throws(Problem) {
        _ = try RegularFile(path: file)
        try add(name: name, source: zip_source_file(archive, file, 0, -1), level: level)
    }

    /// Adds bytes under a name. `level` is 0 (stored) to 9 (smallest).
    package func addBytes(_ bytes: [UInt8], named name: String, level: Int = 6) throws(Problem) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        copy.copyBytes(from: bytes)
        copies.append(copy)
        try addUnsafeFragments([UnsafeRawBufferPointer(copy)], named: name, level: level)
    }

    /// Adds memory under a name without copying it; it must stay valid and unchanged until `finish()` has returned.
    package func addUnsafeFragments(_ fragments: [UnsafeRawBufferPointer], named name: String, level: Int) throws(Problem) {
        let list = fragments.map {
            zip_buffer_fragment_t(
                // The library only reads; its type lacks the const.
                data: UnsafeMutablePointer(mutating: $0.baseAddress?.assumingMemoryBound(to: zip_uint8_t.self)),
                length: zip_uint64_t($0.count))
        }
        try add(name: name, source: zip_source_buffer_fragment(archive, list, zip_uint64_t(list.count), 0), level: level)
    }

    /// Compresses everything, syncs it to the disk and gives the archive its name.
    ///
    /// - `progress`: told again and again which part of the content is written, 0 to 1; false gives the archive up with
    ///   `Problem.cancelled`.
    package func finish(progress: (_ part: Double) -> Bool = { _ in true }) throws(Problem) {
        guard let archive else { preconditionFailure("the archive is finished already") }
        let (isClosed, isGivenUp) = withoutActuallyEscaping(progress) { progress in
            var progress = ClosingProgress(progress)
            let isClosed = withUnsafeMutablePointer(to: &progress) { progress in
                ClosingProgress.register(progress, with: archive)
                return zip_close(archive) == 0
            }
            return (isClosed, progress.isGivenUp)
        }
        guard !isGivenUp || isClosed else { throw .cancelled }
        guard isClosed else { throw .unwritable(path: path, reason: String(cString: zip_strerror(archive))) }
        self.archive = nil
        try AtomicFile.publish(temporaryPath, as: path)
    }

    /// What the library calls while it closes an archive.
    private struct ClosingProgress {
        let report: (Double) -> Bool
        var part = 0.0
        var isGivenUp = false

        init(_ report: @escaping (Double) -> Bool) { self.report = report }

        /// `progress` must stay in its place until the archive is closed.
        static func register(_ progress: UnsafeMutablePointer<ClosingProgress>, with archive: OpaquePointer) {
            zip_register_progress_callback_with_state(
                archive, 0.001, { _, part, state in state?.assumingMemoryBound(to: ClosingProgress.self).pointee.part = part }, nil,
                progress)
            zip_register_cancel_callback_with_state(
                archive,
                { _, state in
                    guard let state = state?.assumingMemoryBound(to: ClosingProgress.self) else { return 0 }
                    if !state.pointee.report(state.pointee.part) { state.pointee.isGivenUp = true }
                    return state.pointee.isGivenUp ? 1 : 0
                }, nil, progress)
        }
    }

    private func add(name: String, source: OpaquePointer?, level: Int) throws(Problem) {
        guard let source else { throw .unwritable(path: path, reason: String(cString: zip_strerror(archive))) }
        let index = zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(source)
            throw .unwritable(path: path, reason: "\(name): " + String(cString: zip_strerror(archive)))
        }
        let method = level == 0 ? ZIP_CM_STORE : ZIP_CM_DEFLATE
        guard zip_set_file_compression(archive, zip_uint64_t(index), method, zip_uint32_t(level)) == 0 else {
            throw .unwritable(path: path, reason: String(cString: zip_strerror(archive)))
        }
    }
}
