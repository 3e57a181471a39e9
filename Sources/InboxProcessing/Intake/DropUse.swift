package import Files
import Glibc
import ServiceHost
package import SystemPackage

/// Whether somebody may still be at work on a drop whose files look settled: asked of the kernel, of its events, and of the files' ends.
package struct DropUse: Sendable {
    /// What was found, from the weakest sign to the strongest.
    package enum Finding: Sendable, Equatable {
        /// Nobody is: every file was seen being closed, or the kernel says that nobody has it open for writing.
        case free
        /// It can't be known.
        case unknown
        /// A sign says that it is not finished; such signs can outlive their cause. A clause names the file.
        case unfinished(String)
        /// Somebody is, surely. A clause names file or process.
        case busy(String)
        /// It can't be read, so nothing can be done with it now. A clause names the file.
        case unreadable(String)

        fileprivate var rank: Int {
            switch self {
            case .free: 0
            case .unknown: 1
            case .unfinished: 2
            case .busy: 3
            case .unreadable: 4
            }
        }
    }

    /// Asks the kernel of one file.
    package typealias Probe = @Sendable (FilePath) -> OpenFileProbe.Answer

    let inbox: FilePath
    /// Absolute; seen being written to and not closed, now or before a restart.
    let writing: Set<FilePath>
    /// Absolute; seen being closed.
    let closed: Set<FilePath>
    let probe: Probe

    /// The strongest sign among the drop's files and folders.
    ///
    /// - `folders`: those of the drop, below the inbox.
    /// - `isCancelled`: true ends the search with what was found.
    func finding(on drop: Drop, folders: [FilePath], isCancelled: () -> Bool) -> Finding {
        var finding = Finding.free
        if let place = drop.unreadable.first { return .unreadable("\(place.path.shown) \(place.reason)") }
        for file in drop.files {
            if isCancelled() { return finding }
            let found = self.finding(on: file)
            if found.rank > finding.rank { finding = found }
            if case .unreadable = finding { return finding }
        }
        if finding.rank < Finding.busy("").rank, let user = FolderUse.anybody(in: folders.map(inbox.appending)) {
            let name = drop.folders.first?.shown ?? ""
            return .busy("\(name) is still open in process \(user.process) (\(user.name))")
        }
        return finding
    }

    private func finding(on file: InboxSnapshot.File) -> Finding {
        let path = inbox.appending(file.path)
        switch probe(path) {
        case .open: return .busy("\(file.path.shown) is open for writing")
        case .unreadable(let cause):
            return .unreadable("\(file.path.shown) can't be read: \(cause); let this service's user read it")
        case .closed: break
        case .unknown:
            if writing.contains(path) { return .unfinished("\(file.path.shown) was being written when it was last heard of") }
            if !closed.contains(path) { return hasHoles(path) ?? .unknown }
        }
        return hasHoles(path) ?? .free
    }

    /// A part that was never written: the size was set before the content came.
    private func hasHoles(_ path: FilePath) -> Finding? {
        do {
            return try FileSystem.hasHoles(path)
                ? .unfinished("\(path.name.shown) has its size, but parts of it were never written") : nil
        } catch {
            return error.cause?.isAbsence == true ? nil : .unreadable("\(path.name.shown) can't be read: \(error.reason)")
        }
    }
}
