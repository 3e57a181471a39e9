import Compression
package import Files
import SystemPackage

/// A zip archive of trained models as nnU-Net exports them, its names checked: every file lies in a data set's folder, and would stay there.
package struct ModelArchive {
    /// The archive.
    package let path: String
    /// The model folders in it, `DatasetXXX_Name/Trainer__Plans__Configuration`.
    package let models: [String]
    /// The files in it, by the parts of their paths.
    let files: [File]
    /// Entries that are no model's, such as what a Macintosh adds; they are left where they are.
    package let passedOver: [String]

    private let zip: ZipReader

    /// A file and the parts of its path.
    typealias File = (entry: ZipEntry, parts: [String])

    /// Reads an archive's directory; its content is not read yet.
    ///
    /// - Throws: `Problem` for an archive that is damaged, hostile, or none of models.
    package init(path: String) throws(Problem) {
        self.path = path
        do throws(Problem) {
            zip = try ZipReader(path: path)
            (files, passedOver) = try Self.files(of: zip)
        } catch {
            throw error.of(.model)
        }
        models = files.filter { $0.parts.count == 3 && $0.parts[1] != "ensembles" && $0.parts[2] == "plans.json" }
            .map { "\($0.parts[0])/\($0.parts[1])" }
        guard !models.isEmpty else {
            throw Problem.unsupported(
                path: path, reason: "it holds no model folder DatasetXXX_Name/Trainer__Plans__Configuration with a plans.json"
            ).of(.model)
        }
    }

    /// Unpacks everything below a folder, which is made.
    ///
    /// - Parameters:
    ///   - folder: on a file system with room for all of it.
    ///   - progress: told again and again how many bytes are written, of how many; false gives up with `Problem.cancelled`.
    /// - Throws: `Problem` for an entry that is damaged, a disk without room, and what can't be written. What was unpacked before stays.
    package func unpack(below folder: String, progress: (_ written: Int, _ total: Int) -> Bool) throws(Problem) {
        try FileSystem.makeFolder(FilePath(folder), mode: 0o755, acceptsLink: true)
        let needed = files.reduce(0) { $0.addingReportingOverflow($1.entry.size).overflow ? Int.max : $0 + $1.entry.size }
        let free = try FileSystem.freeBytes(at: FilePath(folder))
        guard needed < free else {
            throw .unwritable(path: folder, reason: "\(path) unpacks to \(needed >> 20) MiB, and \(free >> 20) MiB are free")
        }
        var written = 0
        for file in files {
            guard progress(written, needed) else { throw .cancelled }
            let place = FilePath(folder + "/" + file.parts.joined(separator: "/"))
            try FileSystem.makeFolder(place.parent, mode: 0o755)
            let before = written
            try zip.extract(file.entry, to: place.string, limit: file.entry.size) { progress(before + $0, needed) }
            written += file.entry.size
        }
    }

    private static func files(of zip: ZipReader) throws(Problem) -> (files: [File], passedOver: [String]) {
        var files: [File] = [], names: Set<[String]> = [], passedOver: [String] = []
        for entry in zip.entries where !entry.isFolder {
            guard let parts = entry.safePathComponents else {
                throw .unsupported(
                    path: zip.path, reason: "the entry '\(entry.name)' would not stay below the results, or is no plain file")
            }
            guard parts.count > 1, parts[0].hasPrefix("Dataset"), !parts.contains(where: { $0.hasPrefix(".") }) else {
                passedOver.append(entry.name)
                continue
            }
            guard names.insert(parts).inserted else { throw .damaged(path: zip.path, reason: "the entry '\(entry.name)' is there twice") }
            files.append((entry, parts))
        }
        for file in files {
            for count in 1..<file.parts.count where names.contains(Array(file.parts.prefix(count))) {
                throw .damaged(path: zip.path, reason: "the entry '\(file.entry.name)' lies below a file")
            }
        }
        return (files, passedOver)
    }
}
