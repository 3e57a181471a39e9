package import Files
import SystemPackage

/// A zip archive of trained models, unpacked beside the results and compared with them before any of it is put in place.
///
/// Its parts are model folders, ensembles' folders and single files of a data set; each is put in place by one rename, so that no model is
/// ever made of two. What is there already with the same content stays as it is.
package final class ModelInstallation {
    /// The parts that lie there with other content; they are replaced where that is asked for.
    package private(set) var conflicts: [String] = []

    private let results: String
    private let staging: String
    /// The files of each part, below the results.
    private let parts: [String: [String]]

    /// Unpacks an archive.
    ///
    /// - Parameters:
    ///   - archive: the zip archive.
    ///   - results: the folder of all results (`nnUNet_results`), made where it is not there.
    ///   - progress: as `ModelArchive.unpack` tells it.
    /// - Throws: what `ModelArchive.unpack` throws.
    package init(
        of archive: ModelArchive, results: String, progress: (_ written: Int, _ total: Int) -> Bool
    ) throws(Problem) {
        self.results = results
        parts = Dictionary(grouping: archive.files, by: { Self.part(of: $0.parts) })
            .mapValues { files in files.map { $0.parts.joined(separator: "/") } }
        try FileSystem.makeFolder(FilePath(results), mode: 0o755, acceptsLink: true)
        staging = AtomicFile.temporaryPath(beside: results + "/install")
        do throws(Problem) {
            try archive.unpack(below: staging, progress: progress)
            for (part, files) in parts where try isOther(part, files) { conflicts.append(part) }
            conflicts.sort()
        } catch {
            discard()
            throw error
        }
    }

    deinit { discard() }

    /// Puts everything in place, in the place of what is there.
    ///
    /// - Throws: `Problem` where the file system refuses; parts put in place before stay.
    package func place() throws(Problem) {
        for part in parts.keys.sorted() {
            let place = FilePath(results + "/" + part), new = FilePath(staging + "/" + part)
            guard try FileSystem.facts(of: place) != nil else {
                try FileSystem.makeFolder(place.parent, mode: 0o755)
                do throws(Problem) {
                    try FileSystem.renameWithoutReplacing(new, to: place)
                } catch {
                    // Someone else may have installed the same meanwhile.
                    guard error.kind == .occupied, try !isOther(part, parts[part] ?? []) else { throw error }
                }
                continue
            }
            guard conflicts.contains(part) else { continue }
            let old = FilePath(staging + "/replaced-" + part.replacing("/", with: "-"))
            try FileSystem.renameWithoutReplacing(place, to: old)
            do throws(Problem) {
                try FileSystem.renameWithoutReplacing(new, to: place)
            } catch {
                try FileSystem.renameWithoutReplacing(old, to: place)
                throw error
            }
        }
    }

    private func discard() { try? FileSystem.removeTree(FilePath(staging)) }

    /// What is put in place at once: a model folder, an ensemble's, or a file beside them.
    private static func part(of components: [String]) -> String {
        components.prefix(components[1] == "ensembles" && components.count > 3 ? 3 : 2).joined(separator: "/")
    }

    /// Whether a part lies in the results with other content than the archive's.
    private func isOther(_ part: String, _ files: [String]) throws(Problem) -> Bool {
        guard try FileSystem.facts(of: FilePath(results + "/" + part)) != nil else { return false }
        for file in files where try !isSame(FilePath(results + "/" + file), FilePath(staging + "/" + file)) { return true }
        return false
    }

    private func isSame(_ first: FilePath, _ second: FilePath) throws(Problem) -> Bool {
        guard let one = try FileSystem.facts(of: first), let other = try FileSystem.facts(of: second), one.kind == .file,
            one.size == other.size
        else { return false }
        return try FileSystem.haveEqualContent(first, second)
    }
}
