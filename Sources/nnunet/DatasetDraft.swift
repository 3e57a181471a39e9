import Files
import Foundation
import Plans
import PythonFormats
import SystemPackage
import Tensors

/// A data set that a command makes below `nnUNet_raw`: it appears under its name whole or not at all.
struct DatasetDraft {
    /// Its folder in the end.
    let path: String
    private let folder: AtomicFolder

    /// - Throws: `.cannotWrite` where something has the name, or no folder can be made.
    init(_ name: String, in folders: NnUNetFolders) throws {
        path = joinedPath(try folders.path(of: .raw), name)
        guard try FileSystem.facts(of: FilePath(path)) == nil else {
            throw Failure(.cannotWrite, "\(path): it is there already, and was left as it is; remove it or choose another name")
        }
        folder = try AtomicFolder(path: FilePath(path))
    }

    /// Where a file of it is until it is committed; folders are made.
    func place(_ name: String) throws(Problem) -> String {
        let place = folder.draft.string + "/" + name
        try FileSystem.makeFolder(place.hasSuffix("/") ? FilePath(place) : FilePath(place).parent, mode: 0o755)
        return place
    }

    /// Makes a folder of it that may stay empty.
    func makeFolder(_ name: String) throws(Problem) { _ = try place(name + "/") }

    /// Does one thing for each of some files, several at a time; each that fails is named.
    func fill(from sources: [String], _ body: (_ index: Int) throws(Problem) -> Void) throws {
        let counter = CaseCounter(sources.count)
        let results = ThreadTeam().map(count: sources.count) { index -> Result<Void, Problem> in
            defer { counter.count() }
            return Result { () throws(Problem) in
                guard !Interruption.isRequested else { throw .cancelled }
                try body(index)
            }
        }
        counter.clear()
        try Interruption.check()
        var loop = CaseLoop()
        for (source, result) in zip(sources, results) { try loop.run(source) { try result.get() } }
        try loop.finish()
    }

    /// Writes its description and gives the data set its name.
    func commit(_ description: OrderedJSON) throws {
        try AtomicFile.write(Array(description.pythonText().utf8), to: place("dataset.json"))
        try Interruption.check()
        try folder.commitAsNew()
        do throws(Problem) {
            let file = joinedPath(path, "dataset.json")
            _ = try LabelScheme(DatasetDescription(json: description, path: file), path: file)
        } catch {
            Console.problem("warning: written as it came, but nnU-Net would not take it: \(error)")
        }
    }
}
