import Files
import SystemPackage

/// What lies in a folder and below, links followed, as copying it has it.
struct FolderTree {
    /// Below the folder, sorted; a folder before what is in it.
    private(set) var folders: [String] = []
    private(set) var files: [String] = []

    /// - Throws: `Problem` where a folder can't be listed, or a link leads back to a folder that it lies in.
    init(_ path: String) throws { try collect(path, below: "", within: []) }

    private mutating func collect(_ path: String, below: String, within: [FileIdentity]) throws {
        guard let identity = FileIdentity(path), !within.contains(identity) else {
            throw Problem.unreadable(path: path, reason: "the link leads back to a folder that it lies in")
        }
        for name in try FileSystem.names(in: FilePath(path)) ?? [] {
            let place = FilePath(path).appending(name), name = below + name.string
            if try kind(of: place) == .folder {
                folders.append(name)
                try collect(place.string, below: name + "/", within: within + [identity])
            } else {
                files.append(name)
            }
        }
    }

    private func kind(of path: FilePath) throws(Problem) -> FileFacts.Kind {
        do { return try FileSystem.status(of: path).facts.kind } catch { throw .unreadable(path: path.shown, error) }
    }
}
