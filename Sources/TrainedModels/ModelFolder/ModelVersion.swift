import Files
import PythonFormats

/// The files that a model was read from, as they were then; one model is all of them together.
package struct ModelVersion: Sendable, Hashable {
    /// Who may read a file and how many names it has is no part of it.
    private var files: [FileVersion]

    /// The files as they are now.
    init(of paths: [String]) { files = paths.map { FileVersion($0, countsChanges: false) } }

    /// With further files as they are now.
    mutating func add(_ paths: [String]) { files += paths.map { FileVersion($0, countsChanges: false) } }

    /// Throws, with the file named, unless every file is the one that was read.
    func requireUnchanged() throws(Problem) {
        for file in files {
            let now = FileVersion(file.path, countsChanges: false)
            guard now != file else { continue }
            throw .mismatch(
                path: file.path, item: "model file", expected: "the one that was read when the model was opened",
                found: now.isThere ? "another one" : "none",
                advice: "finish changing the model folder, then have it opened again as a whole (systemctl reload nnunetd, or start the "
                    + "command again)")
        }
    }
}
