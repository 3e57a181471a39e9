/// DICOM files sorted into series that may become volumes, and everything else with the reason why it may not.
public struct DICOMCollection: Sendable {
    /// One for each series and, within it, each image size, pixel spacing and orientation; by series number, then in the order of files.
    public private(set) var series: [DICOMSeriesCandidate]
    /// Files that are no slice of a CT or MR series, and why, in the order given.
    public private(set) var otherObjects: [OtherObject]
    /// Files that can't be read whole and may be slices of a series; those of `series` hold the ones that count against them.
    public private(set) var damaged: [OtherObject] = []

    /// A file that is not used.
    public struct OtherObject: Sendable, Equatable {
        /// The file.
        public let path: String
        /// Why it is not used, as a clause: "is a presentation state".
        public let reason: String
    }

    /// Reads the headers of the files, not their pixels. Throws nothing: what can't be read is among `damaged` or `otherObjects`.
    public init(paths: [String]) {
        var leftovers: [(object: OtherObject, kind: DICOMFileKind)] = []
        var groups: [DICOMSeriesCandidate] = []
        var groupsOfSeries: [String: [Int]] = [:]
        for path in paths {
            let kind = DICOMProbe.classify(path: path)
            switch kind {
            case .slice(let header):
                let known = groupsOfSeries[header.seriesInstanceUID, default: []]
                if let index = known.first(where: { groups[$0].takes(header) }) {
                    groups[index].add(header)
                } else {
                    groupsOfSeries[header.seriesInstanceUID, default: []].append(groups.count)
                    groups.append(DICOMSeriesCandidate(first: header))
                }
            case .other(_, let reason), .unusable(_, let reason), .damaged(let reason, _), .stranger(let reason):
                leftovers.append((OtherObject(path: path, reason: reason), kind))
            }
        }
        series = groups.enumerated().sorted { left, right in
            let numbers = (left.element.seriesNumber ?? .max, right.element.seriesNumber ?? .max)
            return numbers.0 == numbers.1 ? left.offset < right.offset : numbers.0 < numbers.1
        }.map(\.element)
        otherObjects = []
        for (object, kind) in leftovers { place(object, kind) }
    }

    /// Counts a damaged file against every series that it may be a slice of.
    private mutating func place(_ object: OtherObject, _ kind: DICOMFileKind) {
        let name = DICOMFileName(path: object.path)
        var concerned: [Int] = []
        switch kind {
        case .slice, .other: break
        case .unusable(let header, _):
            for index in series.indices where series[index].seriesInstanceUID == header.seriesInstanceUID {
                series[index].addUnusable(object)
            }
        case .damaged(_, let uid?): concerned = series.indices.filter { series[$0].seriesInstanceUID == uid }
        case .damaged(_, nil):
            let isPlausible = name.saysDICOM || DICOMProbe.isDICOM(path: object.path)
            concerned = beside(name).filter { index in isPlausible || series[index].files.contains { $0.name.resembles(name) } }
        case .stranger: concerned = beside(name).filter { index in series[index].files.contains { $0.name.sharesNumbering(with: name) } }
        }
        for index in concerned { series[index].addDamaged(object) }
        if case .damaged = kind { damaged.append(object) } else { otherObjects.append(object) }
    }

    /// The series with slices in the file's folder; all of them where none has.
    private func beside(_ name: DICOMFileName) -> [Int] {
        let same = series.indices.filter { index in series[index].files.contains { $0.name.folder == name.folder } }
        return same.isEmpty ? Array(series.indices) : same
    }
}

extension DICOMFileHeader {
    fileprivate var name: DICOMFileName { DICOMFileName(path: path) }
}
