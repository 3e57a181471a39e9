import Evaluation
import Files
import Foundation
import PythonFormats
import SystemPackage

/// A folder of predictions that a command makes: it appears whole in the place of an older one, or what an older one lacks is added to it.
struct FolderTarget {
    /// The folder's name in the end.
    let path: String
    private let draft: AtomicFolder?

    /// - `keepsExisting`: whether an older folder is added to.
    init(_ path: String, keepsExisting: Bool) throws {
        self.path = path
        let isThere = try FileSystem.facts(of: FilePath(path)) != nil
        draft = keepsExisting && isThere ? nil : try AtomicFolder(path: FilePath(path))
    }

    /// Where its files are until it is committed.
    var folder: String { draft?.draft.string ?? path }

    /// Whether a file is there.
    func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: joinedPath(folder, name)) }

    /// Copies a file into it under its own name.
    func copy(_ name: String, from source: String) throws(Problem) {
        try copyFile(joinedPath(source, name), to: joinedPath(folder, name))
    }

    /// Writes its summary.json.
    func write(_ summary: EvaluationSummary) throws {
        try AtomicFile.write(Array(summary.json.pythonText(sortedKeys: true).utf8), to: joinedPath(folder, "summary.json"))
    }

    /// The mean Dice of the foreground that its summary.json has; nil where there is none.
    var keptDice: Double? {
        try? OrderedJSON(contentsOf: joinedPath(folder, "summary.json"))["foreground_mean"]?["Dice"]?.double
    }

    /// Gives the folder its name.
    func commit() throws { try draft?.commit() }
}
