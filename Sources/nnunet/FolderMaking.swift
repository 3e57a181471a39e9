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
