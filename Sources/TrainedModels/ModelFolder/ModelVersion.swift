import Files
import Glibc
import PythonFormats

/// The files that a model was read from, as they were then; one model is all of them together.
package struct ModelVersion: Sendable, Hashable {
    /// What `stat(2)` says of a file; nil facts where it wasn't there. Who may read it and how many names it has is no part of it.
    private struct File: Sendable, Hashable {
        let path: String
        let facts: [Int]?

        init(_ path: String) {
            self.path = path
            var facts = stat()
            guard stat(path, &facts) == 0 else {
                self.facts = nil
                return
            }
            let numbers = [facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, Int(facts.st_size)]
            self.facts = [Int(truncatingIfNeeded: facts.st_dev), Int(truncatingIfNeeded: facts.st_ino)] + numbers
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
            found: File(changed.path).facts == nil ? "none" : "another one",
            advice:
                "finish changing the model folder, then have it opened again as a whole (systemctl reload nnunetd, or start the command again)"
        )
    }
}
