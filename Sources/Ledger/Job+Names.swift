extension Job {
    /// Whether its results carry its id in place of what was dropped.
    package var isPseudonymous: Bool { name.hasPrefix(id) }

    /// What the case is called where names are shown.
    package var shownName: String { isPseudonymous ? droppedName : name }

    /// Everything dropped that may say whose case it is.
    package var names: [String] { [droppedName] + files.map(\.path) + (refusal?.where.map { [$0] } ?? []) }

    /// Where in the inbox the case came from, for its report: NIfTI files and loose slices one by one, at most a hundred, in a folder the
    /// folders that held the slices. None where the report is published under a pseudonym.
    package var inboxPaths: [String] {
        if isPseudonymous { return [] }
        let images = files.filter(\.isImage).map(\.path)
        guard kind == .dicom else { return images }
        let places = images.map { path in path.lastIndex(of: "/").map { String(path[..<$0]) } ?? path }
        return Array(Set(places).sorted().prefix(100))
    }
}
