/// Joins series that an anonymiser broke into pieces: a Series UID for each slice, UIDs or other attributes taken from a part of them.
///
/// Pieces are one series where kind, size, pixel spacing and orientation agree, and study, series number and frame of reference agree
/// wherever both have them, and their positions together make one regular grid.
struct DICOMSeriesMerger {
    private var pieces: [DICOMSeriesCandidate]

    /// The series, joined where they are pieces of one; each at the place of its first piece.
    static func merged(_ series: [DICOMSeriesCandidate]) -> [DICOMSeriesCandidate] {
        guard series.count > 1 else { return series }
        var clusters: [[Int]] = []
        for index in series.indices {
            let first = series[index].files[0]
            if let cluster = clusters.firstIndex(where: { series[$0[0]].files[0].hasShape(of: first) }) {
                clusters[cluster].append(index)
            } else {
                clusters.append([index])
            }
        }
        var placed: [(place: Int, series: DICOMSeriesCandidate)] = []
        for cluster in clusters {
            var merger = DICOMSeriesMerger(pieces: cluster.map { series[$0] })
            merger.merge()
            placed += merger.pieces.map { piece in
                (cluster.first { series[$0].files[0].path == piece.files[0].path } ?? cluster[0], piece)
            }
        }
        return placed.sorted { $0.place < $1.place }.map(\.series)
    }

    private mutating func merge() {
        guard pieces.count > 1 else { return }
        mergeAlike()
        mergeIncomplete()
        gatherLoneSlices()
        refuseInterleaved()
    }

    /// Joins pieces whose study, series number and frame of reference are the same, if together they make a grid or each is one slice.
    private mutating func mergeAlike() {
        var unions: [(members: [Int], whole: DICOMSeriesCandidate)] = []
        for (identity, members) in Dictionary(grouping: pieces.indices, by: { SeriesIdentity(pieces[$0]) }) where members.count > 1 {
            let areLone = members.allSatisfy { pieces[$0].files.count == 1 }
            guard areLone || identity.isTelling else { continue }
            let whole = union(of: members)
            if whole.isRegularGrid || (areLone && members.count > 2) { unions.append((members, whole)) }
        }
        join(unions)
    }

    /// Joins pieces of which one lacks an attribute that the other has, as long as only one partner makes a grid with it.
    private mutating func mergeIncomplete() {
        var index = 0
        var identities = pieces.map(SeriesIdentity.init)
        while index < pieces.count {
            let partners = pieces.indices.filter { other in
                other != index && identities[index] != identities[other] && identities[index].agrees(with: identities[other])
                    && union(of: [index, other]).isRegularGrid
            }
            guard partners.count == 1 else {
                index += 1
                continue
            }
            let members = [index, partners[0]].sorted()
            join([(members, union(of: members))])
            identities = pieces.map(SeriesIdentity.init)
            index = 0
        }
    }

    /// Single slices that make a grid but disagree in something are no series of one slice each: one series that is refused for it.
    private mutating func gatherLoneSlices() {
        let lone = pieces.indices.filter { pieces[$0].files.count == 1 }
        guard lone.count > 2 else { return }
        var whole = union(of: lone)
        guard whole.isRegularGrid else { return }
        whole.refuse(Self.misfit("lie in line, each in a series of its own", pieces[lone[0]], pieces[lone[1]]))
        join([(lone, whole)])
    }

    /// Two halves that fill each other's gaps, with nothing but the frame or study to tell them apart, are one series that is refused.
    private mutating func refuseInterleaved() {
        var index = 0
        while index < pieces.count {
            let partner = pieces.indices.first { other in
                other > index && pieces[index].files.count > 1 && pieces[other].files.count > 1
                    && pieces[index].seriesNumber == pieces[other].seriesNumber && doOverlap(pieces[index], pieces[other])
                    && union(of: [index, other]).isRegularGrid
            }
            guard let partner else {
                index += 1
                continue
            }
            var whole = union(of: [index, partner])
            whole.refuse(Self.misfit("take turns with those of another series", pieces[index], pieces[partner]))
            join([([index, partner], whole)])
        }
    }

    private static func misfit(
        _ how: String, _ first: DICOMSeriesCandidate, _ second: DICOMSeriesCandidate
    ) -> DICOMSeriesCandidate.Misfit {
        let differences = second.files[0].differences(from: first.files[0]).joined(separator: ", ")
        return .init(
            reason: "its slices \(how), but nothing else proves that they are one volume: \(differences)",
            advice: "export the series again with these attributes as the scanner wrote them, or give it as NIfTI")
    }

    private func doOverlap(_ first: DICOMSeriesCandidate, _ second: DICOMSeriesCandidate) -> Bool {
        guard let normal = first.axes?.column(2) else { return false }
        let offsets = [first, second].map { $0.files.compactMap { $0.imagePosition?.dot(normal) }.sorted() }
        guard let low = offsets[0].first, let high = offsets[0].last, let otherLow = offsets[1].first, let otherHigh = offsets[1].last
        else {
            return false
        }
        return otherLow < high && low < otherHigh
    }

    private func union(of members: [Int]) -> DICOMSeriesCandidate {
        var whole = pieces[members[0]]
        for member in members.dropFirst() { whole.join(pieces[member]) }
        return whole
    }

    /// Puts each whole at the place of its first member and takes the other members away.
    private mutating func join(_ unions: [(members: [Int], whole: DICOMSeriesCandidate)]) {
        var dropped: Set<Int> = []
        for (members, whole) in unions {
            pieces[members[0]] = whole
            dropped.formUnion(members.dropFirst())
        }
        pieces = pieces.indices.filter { !dropped.contains($0) }.map { pieces[$0] }
    }
}

/// What tells the series of a study apart besides their UID; nil where no slice has it.
private struct SeriesIdentity: Hashable {
    let study: String?
    let number: Int?
    let frame: String?

    init(_ series: DICOMSeriesCandidate) {
        study = series.files.lazy.map(\.studyInstanceUID).first { !$0.isEmpty }
        number = series.seriesNumber
        frame = series.files.lazy.compactMap(\.frameOfReferenceUID).first
    }

    /// Whether it can prove that two series are one; the study alone can't.
    var isTelling: Bool { number != nil || frame != nil }

    /// Whether nothing that both have differs.
    func agrees(with other: SeriesIdentity) -> Bool {
        func agree<Value: Equatable>(_ own: Value?, _ others: Value?) -> Bool { own == nil || others == nil || own == others }
        return agree(study, other.study) && agree(number, other.number) && agree(frame, other.frame)
    }
}
