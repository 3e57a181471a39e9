import Files
import Glibc

/// A folder or file that an option names to be read.
enum InputPlace {
    /// - Throws: `.missing` where the folder is not there, or is none.
    static func requireFolder(_ path: String, option: String) throws(Failure) {
        try require(path, option: option, kind: S_IFDIR, words: ("folder", "is a file, not a folder; unpack an archive first"))
    }

    /// - Throws: `.missing` where the file is not there, or is none.
    static func requireFile(_ path: String, option: String) throws(Failure) {
        try require(path, option: option, kind: S_IFREG, words: ("file", "is not a file"))
    }

    private static func require(
        _ path: String, option: String, kind: mode_t, words: (name: String, other: String)
    ) throws(Failure) {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            let reason = errno == ENOENT || errno == ENOTDIR ? "there is no such \(words.name)" : SystemError.last.description
            throw Failure(.missing, "\(path): \(reason) (\(option))")
        }
        guard facts.st_mode & S_IFMT == kind else { throw Failure(.missing, "\(path): \(words.other) (\(option))") }
    }
}
