import Files
import CasePrediction

/// Parts of one DICOM series that lie in several drops at a time.
extension Drop {
    /// The drops, those that hold parts of one series made one; it goes by the name of the first folder.
    ///
    /// The first and last file of each directory tell which series lie there. Parts that this misses, or that come later, are joined when
    /// they are taken on (`SeriesJoiner`).
    static func joiningParts(of drops: [Drop], seriesUID: (InboxSnapshot.File) -> String?) -> [Drop] {
        let places = drops.indices.filter { drops[$0].mayHoldParts }
        guard places.count > 1 else { return drops }
        var result: [Drop?] = drops
        let foldersFirst = places.filter { !drops[$0].folders.isEmpty } + places.filter { drops[$0].folders.isEmpty }
        for group in groups(sharing: foldersFirst.map { drops[$0].sampledSeries(seriesUID) }) where group.count > 1 {
            for member in group.dropFirst() {
                result[foldersFirst[group[0]]]?.join(drops[foldersFirst[member]])
                result[foldersFirst[member]] = nil
            }
        }
        return result.compactMap(\.self)
    }

    private var mayHoldParts: Bool {
        switch identity {
        case .folder, .series: true
        case .slices, .nifti, .file: false
        }
    }

    private func sampledSeries(_ seriesUID: (InboxSnapshot.File) -> String?) -> Set<String> {
        if case .series(let uid) = identity { return [uid] }
        let images = files.filter { !$0.isPartial && CaseNaming.parse($0.path.name.shown) == nil }
        let samples = Dictionary(grouping: images, by: \.path.parent).values.flatMap { [$0.first, $0.last].compactMap(\.self) }
        return Set(samples.compactMap(seriesUID))
    }

    private mutating func join(_ part: Drop) {
        files = (files + part.files).sorted { $0.path < $1.path }
        beside += part.beside
        unfinished += part.unfinished
        unreadable += part.unreadable
    }
}
