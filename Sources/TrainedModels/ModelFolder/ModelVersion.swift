import Files
import PythonFormats

/// The files that a model was read from, as they were then; one model is all of them together.
package struct ModelVersion: Sendable, Hashable {
    /// A file; nil where it wasn't there. Who may read it and how many names it has is no part of it.
    private struct File: Sendable, Hashable {
        let path: String
        let version: FileVersion?

        init(_ path: String) {
            self.path = path
            version = FileVersion(path, countsAttributes: false)
        }
    }
    private var files: [File]

    /// The files as they are now.
    init(of paths: [String]) { files = paths.map(File.init) }

    /// With further files as they are now.
    mutating func add(_ paths: [String]) { files += paths.map(File.init) }

    /// Throws, with the file named, unless every file is the one that was read.
    func requireUnchanged() throws(Problem) {
        guard let changed = files.first(where: { $0 != File($0.path) }) else { return }
        throw .mismatch(
            path: changed.path, item: "model file", expected: "the one that was read when the model was opened",
            found: File(changed.path).version == nil ? "none" : "another one",
            advice:
                "finish changing the model folder, then have it opened again as a whole (systemctl reload nnunetd, or start the command again)"
        )
    }
}
