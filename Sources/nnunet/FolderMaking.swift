import Files
import SystemPackage

/// Makes a folder and those above it; one that is there already is fine.
func makeFolder(_ path: String) throws(Failure) {
    do throws(Problem) {
        try FileSystem.makeFolder(FilePath(path), mode: 0o755, acceptsLink: true)
    } catch {
        throw Failure(.cannotWrite, "\(path): the folder cannot be made: \(error.reason)")
    }
}

/// Copies a file whole or not at all, a link's target as a file.
func copyFile(_ source: String, to path: String) throws(Problem) {
    let file: FilePath
    do throws(SystemError) {
        file = try FileSystem.resolved(FilePath(source))
    } catch {
        throw .unreadable(path: source, error)
    }
    do throws(Problem) {
        try FileSystem.copy(file, to: FilePath(path))
    } catch {
        // What can't be written is no fault of the file that is copied.
        throw error.path == path ? .unwritable(path: path, reason: error.reason, cause: error.cause) : error
    }
}
