import Files
import Glibc
import SystemPackage

/// A command's output folder: never one of the folders it reads, and no file in it replaces one that it reads.
struct OutputFolder {
    let path: String
    /// The files that the command reads, by what they are.
    private var inputs: [FileIdentity: String] = [:]

    /// - `inputs`: the folders that are read, with the option that names each.
    /// - Throws: `.usage` where the output is one of them, by whatever path, or where a folder that isn't there is left again by `..`: what
    ///   lies beyond is known only when it has been made.
    init(_ path: String, apartFrom inputs: [(option: String, folder: String)]) throws(Failure) {
        self.path = path
        if FileIdentity(path) == nil, let missing = FileIdentity.missingFolderLeft(by: path) {
            throw Failure(.usage, "-o \(path): there is no folder \(missing), which '..' would leave again; write the path without it")
        }
        let identity = FileIdentity(path)
        for (option, folder) in inputs {
            let isSame = identity.map { $0 == FileIdentity(folder) } ?? (folder == path)
            if isSame { throw Failure(.usage, "\(option) \(folder) and -o \(path) are one folder; choose another for the results") }
        }
    }

    /// Refuses to lie inside a folder whose sub-folders are read.
    ///
    /// - Throws: `.usage`.
    func requireOutside(_ folder: String, option: String) throws(Failure) {
        guard let identity = FileIdentity(folder), FileIdentity.ancestors(of: path).contains(identity) else { return }
        throw Failure(
            .usage, "-o \(path) lies in \(option) \(folder), whose sub-folders are read as series; choose a folder outside for the results")
    }

    /// Protects files from being replaced by a result.
    mutating func protect(_ paths: some Sequence<String>) {
        for path in paths { if let identity = FileIdentity(path) { inputs[identity] = path } }
    }

    /// Makes the folder.
    func make() throws(Failure) {
        try makeFolder(path)
    }

    /// The path of a result.
    ///
    /// - Throws: `.cannotWrite`, for this file alone, where its name is too long, a folder has it, or it is a file that the command reads.
    @discardableResult
    func target(_ name: String) throws(Failure) -> String {
        let target = path + "/" + name
        let limit = pathconf(path, Int32(_PC_NAME_MAX))
        let longest = limit > 0 ? limit : 255
        guard name.utf8.count <= longest else {
            throw Failure(
                .cannotWrite,
                "\(target): the name has \(name.utf8.count) bytes, and this file system takes \(longest); shorten the case's name",
                ofOneCase: true)
        }
        if let identity = FileIdentity(target), let input = inputs[identity] {
            throw Failure(
                .cannotWrite, "\(target): it is the file \(input), which is read; choose another folder for the results", ofOneCase: true)
        }
        if (try? FileSystem.status(of: FilePath(target)).facts.kind) == .folder {
            throw Failure(
                .cannotWrite, "\(target): a folder has this name; rename it or choose another folder for the results", ofOneCase: true)
        }
        return target
    }
}
