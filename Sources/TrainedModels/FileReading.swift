import Archives

/// Reads a whole small file; one that is larger than `limit` is refused before anything is allocated.
func readFile(_ path: String, limit: Int) throws(ModelError) -> [UInt8] {
    do {
        let file = try RegularFile(path: path)
        guard file.size <= limit else {
            throw ModelError.mismatch(
                path: path, item: "size", expected: "at most \(limit) bytes", found: "\(file.size) bytes",
                advice: "This is not a file of an nnU-Net model folder.")
        }
        var failure: ArchiveError?
        let bytes = [UInt8](unsafeUninitializedCapacity: file.size) { buffer, count in
            do throws(ArchiveError) { count = try file.read(into: UnsafeMutableRawBufferPointer(buffer)) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    } catch let error as ModelError {
        throw error
    } catch let error as ArchiveError {
        throw ModelError(error)
    } catch {
        throw .unreadable(path: path, reason: "\(error)")
    }
}

/// Writes a whole file under a temporary name, syncs it and renames it.
func writeFile(_ bytes: [UInt8], to path: String) throws(ModelError) {
    do {
        let file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    } catch {
        throw ModelError(error)
    }
}

extension ModelError {
    init(_ error: ArchiveError) {
        switch error {
        case .unreadable(let path, let reason), .corrupt(let path, let reason): self = .unreadable(path: path, reason: reason)
        case .notRegularFile(let path): self = .unreadable(path: path, reason: "it is not a regular file")
        case .unwritable(let path, let reason): self = .unwritable(path: path, reason: reason)
        case .truncated(let path): self = .damaged(path: path, reason: "it ends too early")
        case .tooLarge(let path, let limit): self = .damaged(path: path, reason: "it is larger than \(limit) bytes")
        case .entryMissing(let path, let name): self = .damaged(path: path, reason: "it has no entry \(name)")
        case .unsafeEntry(let path, let name, let reason): self = .damaged(path: path, reason: "entry \(name): \(reason)")
        }
    }
}
