import Archives

extension ImageIOError {
    /// The same failure seen from an image file.
    init(_ error: ArchiveError) {
        switch error {
        case .unreadable(let path, let reason): self = .unreadable(path: path, reason: reason)
        case .notRegularFile(let path): self = .unreadable(path: path, reason: "it is not a regular file")
        case .truncated(let path): self = .damaged(path: path, reason: "it ends too early")
        case .corrupt(let path, let reason): self = .damaged(path: path, reason: reason)
        case .tooLarge(let path, let limit): self = .damaged(path: path, reason: "it holds more than the \(limit) bytes it should")
        case .entryMissing(let path, let name): self = .damaged(path: path, reason: "it holds no entry \(name)")
        case .unsafeEntry(let path, let name, let reason): self = .damaged(path: path, reason: "entry \(name): \(reason)")
        case .unwritable(let path, let reason): self = .unwritable(path: path, reason: reason)
        }
    }
}

/// Runs an archive operation with its failure seen from an image file.
func imageFile<Result>(_ body: () throws(ArchiveError) -> Result) throws(ImageIOError) -> Result {
    do throws(ArchiveError) { return try body() } catch { throw ImageIOError(error) }
}
