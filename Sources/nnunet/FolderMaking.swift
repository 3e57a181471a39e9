import Files
import Glibc

/// Makes a folder and those above it; one that is there already is fine.
func makeFolder(_ path: String) throws(Failure) {
    if mkdir(path, 0o755) == 0 { return }
    var reason = errno
    if reason == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
        try makeFolder(String(path[..<slash]))
        if mkdir(path, 0o755) == 0 { return }
        reason = errno
    }
    var facts = stat()
    if reason == EEXIST, stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { return }
    throw Failure(.cannotWrite, "\(path): the folder cannot be made: \(SystemError(reason))")
}
