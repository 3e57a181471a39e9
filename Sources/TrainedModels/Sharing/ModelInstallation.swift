import Compression
package import Files
import Foundation
import SystemPackage

/// A zip archive of trained models, unpacked beside the results and compared with them before any of it is put in place.
///
/// Its parts are model folders, ensembles' folders and single files of a data set; each is put in place by one rename, so that no model is
/// ever made of two. What is there already with the same content stays as it is.
package final class ModelInstallation {
    /// The model folders of the archive, below the results.
    package let models: [String]
    /// The parts that lie there with other content; they are replaced where that is asked for.
    package private(set) var conflicts: [String] = []

    private let results: String
    private let parts: [String]
    private let staging: String

    /// Unpacks an archive.
    ///
    /// - Parameters:
    ///   - archive: the zip archive.
    ///   - results: the folder of all results (`nnUNet_results`), made where it is not there.
    ///   - isCancelled: asked between files.
    /// - Throws: `Problem` for an archive that is damaged, hostile, no archive of models, or larger than the disk has room for; for what
    ///   can't be written.
    package init(archive: String, results: String, isCancelled: () -> Bool = { false }) throws(Problem) {
        self.results = results
        let zip = try ZipReader(path: archive)
        let files = try Self.files(of: zip)
        models = Self.models(of: files)
        guard !models.isEmpty else {
            throw .unsupported(
                path: archive, reason: "it holds no model folder DatasetXXX_Name/Trainer__Plans__Configuration with a plans.json")
        }
        parts = Set(files.map { Self.part(of: $0.parts) }).sorted()
        try FileSystem.makeFolder(FilePath(results), mode: 0o755, acceptsLink: true)
        try Self.requireRoom(for: files.map(\.entry), in: results, archive)
        staging = AtomicFile.temporaryPath(beside: results + "/install")
        do throws(Problem) {
            for file in files {
                guard !isCancelled() else { throw .cancelled }
                let path = staging + "/" + file.parts.joined(separator: "/")
                try FileSystem.makeFolder(FilePath(path).parent, mode: 0o755)
                try zip.extract(file.entry, to: path, limit: file.entry.size)
            }
            for part in parts where try isOther(part) { conflicts.append(part) }
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
        for part in parts {
            let place = FilePath(results + "/" + part), new = FilePath(staging + "/" + part)
            guard try FileSystem.facts(of: place) != nil else {
                try FileSystem.makeFolder(place.parent, mode: 0o755)
                try FileSystem.renameWithoutReplacing(new, to: place)
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

    // MARK: The archive

    private typealias File = (entry: ZipEntry, parts: [String])

    private static func files(of zip: ZipReader) throws(Problem) -> [File] {
        var files: [File] = [], names: Set<[String]> = []
        for entry in zip.entries where !entry.isFolder {
            guard let parts = entry.safePathComponents else {
                throw .unsupported(
                    path: zip.path, reason: "the entry '\(entry.name)' would not stay below the results, or is no plain file")
            }
            guard parts.count > 1, parts[0].hasPrefix("Dataset"), !parts.contains(where: { $0.hasPrefix(".") }) else {
                throw .unsupported(
                    path: zip.path,
                    reason: "the entry '\(entry.name)' lies in no folder DatasetXXX_Name; nnU-Net's archives of models have nothing else")
            }
            guard names.insert(parts).inserted else { throw .damaged(path: zip.path, reason: "the entry '\(entry.name)' is there twice") }
            files.append((entry, parts))
        }
        for file in files {
            for count in 1..<file.parts.count where names.contains(Array(file.parts.prefix(count))) {
                throw .damaged(path: zip.path, reason: "the entry '\(file.entry.name)' lies below a file")
            }
        }
        return files
    }

    private static func models(of files: [File]) -> [String] {
        files.filter { $0.parts.count == 3 && $0.parts[2] == "plans.json" }.map { "\($0.parts[0])/\($0.parts[1])" }
            .filter { !$0.hasSuffix("/ensembles") }
    }

    /// What is put in place at once: a model folder, an ensemble's, or a file beside them.
    private static func part(of components: [String]) -> String {
        components.prefix(components[1] == "ensembles" && components.count > 3 ? 3 : 2).joined(separator: "/")
    }

    private static func requireRoom(for entries: [ZipEntry], in results: String, _ archive: String) throws(Problem) {
        let needed = entries.reduce(0) { $0.addingReportingOverflow($1.size).overflow ? Int.max : $0 + $1.size }
        let free = try FileSystem.freeBytes(at: FilePath(results))
        guard needed < free else {
            throw .unwritable(path: results, reason: "\(archive) unpacks to \(needed >> 20) MiB, and \(free >> 20) MiB are free")
        }
    }

    // MARK: What is there

    /// Whether a part lies in the results with other content than the archive's.
    private func isOther(_ part: String) throws(Problem) -> Bool {
        let place = results + "/" + part, new = staging + "/" + part
        guard let facts = try FileSystem.facts(of: FilePath(place)) else { return false }
        guard facts.kind == .folder else { return try !isSame(place, new) }
        for name in try FileManager.default.allFiles(below: new) where try !isSame(place + "/" + name, new + "/" + name) { return true }
        return false
    }

    private func isSame(_ first: String, _ second: String) throws(Problem) -> Bool {
        guard let one = try FileSystem.facts(of: FilePath(first)), let other = try FileSystem.facts(of: FilePath(second)),
            one.kind == .file, other.kind == .file, one.size == other.size
        else { return false }
        return try FileSystem.haveEqualContent(FilePath(first), FilePath(second))
    }
}

extension FileManager {
    /// The files below a folder that this process made itself, by their paths in it.
    fileprivate func allFiles(below folder: String) throws(Problem) -> [String] {
        guard let names = try? subpathsOfDirectory(atPath: folder) else { throw .unreadable(path: folder, reason: "it can't be listed") }
        return names.filter { name in
            var isFolder: ObjCBool = false
            return fileExists(atPath: folder + "/" + name, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
