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
    private struct Content: Hashable {
        let (device, inode): (UInt64, UInt64)
        let (size, modified): (Int, Int)
    }
    /// Two generations, of which the older one is dropped when the younger one is full.
    private struct Generations {
        var young: [Content: DICOMFileHeader] = [:]
        var old: [Content: DICOMFileHeader] = [:]
    }
    private let generations = Mutex(Generations())
    private let capacity: Int

    /// Knows no file yet.
    ///
    /// - Parameter capacity: at most twice as many headers are kept, each of some kilobytes.
    package init(capacity: Int = 4096) { self.capacity = capacity }

    /// What a file is to a series (`DICOMProbe.classify`).
    package func classify(path: String) -> DICOMFileKind {
        guard let content = Self.content(of: path) else { return DICOMProbe.classify(path: path) }
        if let header = known(content) { return .slice(header.at(path)) }
        let kind = DICOMProbe.classify(path: path)
        if case .slice(let header) = kind, content == Self.content(of: path) { remember(header, content) }
        return kind
    }

    /// How many headers are kept.
    package var count: Int { generations.withLock { $0.young.count + $0.old.count } }

    private func known(_ content: Content) -> DICOMFileHeader? { generations.withLock { $0.young[content] ?? $0.old[content] } }

    private func remember(_ header: DICOMFileHeader, _ content: Content) {
        generations.withLock { all in
            if all.young.count >= capacity { (all.young, all.old) = ([:], all.young) }
            all.young[content] = header
        }
    }

    /// A regular file that was not written just now.
    private static func content(of path: String) -> Content? {
        guard let facts = (try? FileSystem.facts(of: FilePath(path))) ?? nil, facts.kind == .file else { return nil }
        guard abs(Int(time(nil)) - facts.modified / 1_000_000_000) >= youngest else { return nil }
        return Content(device: facts.device, inode: facts.inode, size: facts.size, modified: facts.modified)
    }

    /// Seconds; far more than a tick of any file system's clock.
    private static let youngest = 2
}
