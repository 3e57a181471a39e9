import Files
import Glibc
import Synchronization
import SystemPackage

/// The headers of slices that were read before, so that a slice is parsed once on its way from the inbox to its volume, wherever it is moved
/// meanwhile: what intake found out travels with the file.
///
/// A file is known by its identity, size and time of writing. What was written just now may be written again within the same tick of the
/// file system's clock, so it is read anew; and so is whatever is no slice.
package final class DICOMHeaders: Sendable {
    /// Two generations, of which the older one is dropped when the younger one is full.
    private struct Generations {
        var young: [FileVersion: DICOMFileHeader] = [:]
        var old: [FileVersion: DICOMFileHeader] = [:]
    }
    private let generations = Mutex(Generations())
    private let capacity: Int

    /// Knows no file yet.
    ///
    /// - Parameter capacity: at most twice as many headers are kept, each of some kilobytes.
    package init(capacity: Int = 4096) { self.capacity = capacity }

    /// What a file is to a series (`DICOMProbe.classify`).
    package func classify(path: String) -> DICOMFileKind {
        guard let version = Self.version(of: path) else { return DICOMProbe.classify(path: path) }
        if let header = known(version) { return .slice(header.at(path)) }
        let kind = DICOMProbe.classify(path: path)
        if case .slice(let header) = kind, version == Self.version(of: path) { remember(header, version) }
        return kind
    }

    /// How many headers are kept.
    package var count: Int { generations.withLock { $0.young.count + $0.old.count } }

    private func known(_ version: FileVersion) -> DICOMFileHeader? { generations.withLock { $0.young[version] ?? $0.old[version] } }

    private func remember(_ header: DICOMFileHeader, _ version: FileVersion) {
        generations.withLock { all in
            if all.young.count >= capacity { (all.young, all.old) = ([:], all.young) }
            all.young[version] = header
        }
    }

    /// The version of a regular file that was not written just now.
    private static func version(of path: String) -> FileVersion? {
        guard let status = try? FileSystem.status(of: FilePath(path), followingLinks: false), status.facts.kind == .file else { return nil }
        guard abs(Int(time(nil)) - status.facts.modified / 1_000_000_000) >= youngest else { return nil }
        return FileVersion(status, countsAttributes: false)
    }

    /// Seconds; far more than a tick of any file system's clock.
    private static let youngest = 2
}
