import CasePrediction
package import ServiceHost

/// Files of an inbox that settle and are taken together.
package struct Drop: Sendable, Equatable {
    /// What makes them one.
    package enum Identity: Sendable, Hashable {
        /// Everything below a folder dropped into the inbox.
        case folder(RawPath)
        /// Loose NIfTI files of one case.
        case nifti(String)
        /// Loose DICOM files of one series, by its UID.
        case series(String)
        /// A loose file that is neither.
        case file(RawPath)
    }

    package let identity: Identity
    /// Sorted by path; below the inbox.
    package var files: [InboxSnapshot.File]

    package init(identity: Identity, files: [InboxSnapshot.File]) {
        self.identity = identity
        self.files = files
    }

    /// The path components that a case can't be made of: no UTF-8, or control characters.
    package var unspeakable: RawPath? { files.first { $0.path.text == nil }?.path }
}

extension Drop {
    /// Groups a snapshot.
    ///
    /// - seriesUID: of a loose file; nil for one that isn't DICOM (or not yet).
    package static func group(_ snapshot: InboxSnapshot, seriesUID: (InboxSnapshot.File) -> String?) -> [Drop] {
        var drops: [Identity: Drop] = [:]
        var order: [Identity] = []
        for file in snapshot.files {
            let identity = identity(of: file, seriesUID)
            if file.isPartial, case .folder = identity {} else if file.isPartial { continue }
            if drops[identity] == nil { order.append(identity) }
            drops[identity, default: Drop(identity: identity, files: [])].files.append(file)
        }
        return order.compactMap { drops[$0] }
    }

    private static func identity(of file: InboxSnapshot.File, _ seriesUID: (InboxSnapshot.File) -> String?) -> Identity {
        let components = file.path.components
        if components.count > 1, let top = components.first { return .folder(top) }
        guard let name = file.path.text else { return .file(file.path) }
        if let parsed = CaseNaming.parse(name) { return .nifti(parsed.caseName) }
        return seriesUID(file).map(Identity.series) ?? .file(file.path)
    }
}
