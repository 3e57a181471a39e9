import CasePrediction
import Files
package import SystemPackage

/// Files of an inbox that settle and are taken together.
package struct Drop: Sendable, Equatable {
    /// What makes them one.
    package enum Identity: Sendable, Hashable {
        /// Everything below a folder dropped into the inbox, and what lies elsewhere of its series.
        case folder(FilePath)
        /// Loose NIfTI files of one case; by bytes, since names that look alike may be two.
        case nifti(FilePath)
        /// Loose DICOM files of one series, by its UID.
        case series(String)
        /// Loose DICOM files that are each the only one of their series.
        case slices
        /// A loose file that is neither.
        case file(FilePath)
    }

    package let identity: Identity
    /// Sorted by path; below the inbox.
    package var files: [InboxSnapshot.File]
    /// Loose files beside it that are of no case by themselves and may be a damaged part of this one. They are not taken with it.
    package var beside: [InboxSnapshot.File] = []
    /// Files that are being transferred, or edited, and may be a part of it.
    package var unfinished: [InboxSnapshot.File] = []
    /// Places within it that can't be looked at.
    package var unreadable: [InboxSnapshot.Ignored] = []

    package init(identity: Identity, files: [InboxSnapshot.File]) {
        self.identity = identity
        self.files = files
    }

    /// The path components that a case can't be made of: no UTF-8, or control characters.
    package var unspeakable: FilePath? { files.first { $0.path.text == nil }?.path }

    /// For people: the name it was dropped under.
    var title: String {
        switch identity {
        case .folder(let name), .nifti(let name), .file(let name): name.shown
        case .series(let uid): "series \(uid)"
        case .slices: "loose DICOM files"
        }
    }

    /// Whether it is a loose file of no kind.
    var isStranger: Bool {
        guard case .file = identity else { return false }
        return true
    }

    /// Whether it is of loose DICOM files.
    var isLooseSeries: Bool {
        switch identity {
        case .series, .slices: true
        case .folder, .nifti, .file: false
        }
    }

    /// The folders that were dropped and hold its files, sorted; none for loose files.
    var folders: [FilePath] {
        var names: [FilePath] = []
        for file in files where file.path.names.count > 1 {
            if let top = file.path.names.first, top != names.last { names.append(top) }
        }
        return names
    }
}

extension Drop {
    /// Groups a snapshot.
    ///
    /// - `seriesUID`: of a file; nil for one that isn't DICOM (or not yet). Asked for loose files and a few in folders.
    package static func group(_ snapshot: InboxSnapshot, seriesUID: (InboxSnapshot.File) -> String?) -> [Drop] {
        var drops: [Identity: Drop] = [:]
        var order: [Identity] = []
        var loose: [InboxSnapshot.File] = []
        for file in snapshot.files {
            if file.isPartial, file.path.names.count == 1 {
                loose.append(file)
                continue
            }
            let identity = identity(of: file.path) { seriesUID(file) }
            if drops[identity] == nil { order.append(identity) }
            drops[identity, default: Drop(identity: identity, files: [])].files.append(file)
        }
        var result = joiningSingleSlices(order.compactMap { drops[$0] })
        let strangers = result.filter(\.isStranger).flatMap(\.files)
        for index in result.indices { result[index].attach(loose, strangers, snapshot.unreadable) }
        return joiningParts(of: result, seriesUID: seriesUID)
    }

    /// Slices that each name a series of their own are looked at together, since they may be one series all the same. Strangers come last.
    private static func joiningSingleSlices(_ drops: [Drop]) -> [Drop] {
        let singles = drops.filter { $0.isLooseSeries && $0.files.count == 1 }
        let joined = Set(singles.count > 1 ? singles.map(\.identity) : [])
        var result = drops.filter { !joined.contains($0.identity) }
        if !joined.isEmpty {
            result.append(Drop(identity: .slices, files: singles.flatMap(\.files).sorted { $0.path < $1.path }))
        }
        result.sort { !$0.isStranger && $1.isStranger }
        return result
    }

    private static func identity(of path: FilePath, _ seriesUID: () -> String?) -> Identity {
        let components = path.names
        if components.count > 1, let top = components.first { return .folder(top) }
        guard let name = path.text else { return .file(path) }
        if let parsed = CaseNaming.parse(name) { return .nifti(FilePath(parsed.caseName)) }
        return seriesUID().map(Identity.series) ?? .file(path)
    }

    /// What lies in the inbox besides and bears on this drop.
    private mutating func attach(_ loose: [InboxSnapshot.File], _ strangers: [InboxSnapshot.File], _ places: [InboxSnapshot.Ignored]) {
        switch identity {
        case .folder(let name):
            unfinished = files.filter(\.isPartial)
            unreadable = places.filter { $0.path.isInside(name) }
        case .series, .slices:
            // A name that is no NIfTI's may become a slice of any series.
            unfinished = loose.filter { file in
                guard case .nifti = Self.identity(of: file.target, { nil }) else { return true }
                return false
            }
            beside = strangers
        case .nifti, .file:
            unfinished = loose.filter { Self.identity(of: $0.target) { nil } == identity }
        }
    }
}
