import Files
import SystemPackage

/// A folder or file that an option names to be read.
enum InputPlace {
    /// - Throws: `.missing` where the folder is not there, or is none.
    static func requireFolder(_ path: String, option: String) throws(Failure) {
        try require(path, option: option, kind: .folder, words: ("folder", "is a file, not a folder; unpack an archive first"))
    }

    /// - Throws: `.missing` where the file is not there, or is none.
    static func requireFile(_ path: String, option: String) throws(Failure) {
        try require(path, option: option, kind: .file, words: ("file", "is not a file"))
    }

    private static func require(
        _ path: String, option: String, kind: FileFacts.Kind, words: (name: String, other: String)
    ) throws(Failure) {
        let found: FileFacts.Kind
        do {
            found = try FileSystem.status(of: FilePath(path)).facts.kind
        } catch {
            let reason = error.isNothingThere ? "there is no such \(words.name)" : error.description
            throw Failure(.missing, "\(path): \(reason) (\(option))")
        }
        guard found == kind else { throw Failure(.missing, "\(path): \(words.other) (\(option))") }
    }
}
