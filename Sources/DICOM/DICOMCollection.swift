/// DICOM files sorted into series that may become volumes, and everything else with the reason why it may not.
package struct DICOMCollection: Sendable {
    /// One for each series and, within it, each image size, pixel spacing and orientation; by series number, then in the order of files.
    package private(set) var series: [DICOMSeriesCandidate]
    /// Files that are no slice of a CT or MR series, and why, in the order given.
    package private(set) var otherObjects: [OtherObject]
    /// Files that can't be read whole and may be slices of a series; those of `series` hold the ones that count against them.
    package private(set) var damaged: [OtherObject] = []

    /// A file that is not used.
    package struct OtherObject: Sendable, Equatable {
        /// The file.
        package let path: String
        /// Why it is not used, as a clause: "is a presentation state".
        package let reason: String
    }

    /// Reads the headers of the files, not their pixels. Throws nothing: what can't be read is among `damaged` or `otherObjects`.
    package init(paths: [String], headers: DICOMHeaders = DICOMHeaders()) {
        var slices: [DICOMFileHeader] = []
        var leftovers: [(object: OtherObject, kind: DICOMFileKind)] = []
        for path in paths {
            let kind = headers.classify(path: path)
            switch kind {
            case .slice(let header): slices.append(header)
            case .other(_, let reason), .unusable(_, let reason), .damaged(let reason, _), .stranger(let reason):
                leftovers.append((OtherObject(path: path, reason: reason), kind))
            }
        }
        let sorter = DICOMSeriesSorter(slices)
        series = sorter.series
        otherObjects = []
        for (header, reason) in sorter.setAside {
            place(OtherObject(path: header.path, reason: reason), .other(header, reason: reason))
        }
        for (object, kind) in leftovers { place(object, kind) }
    }

    /// Counts a file that is no slice against or for the series that it belongs or may belong to.
    private mutating func place(_ object: OtherObject, _ kind: DICOMFileKind) {
        let name = DICOMFileName(path: object.path)
        switch kind {
        case .slice: break
        case .other(let header, _): for index in indices(of: header.seriesInstanceUID) { series[index].addOther(header) }
        case .unusable(let header, _):
            for index in indices(of: header.seriesInstanceUID) {
                if header.isMissed(among: series[index].files[0]) {
                    series[index].addUnusable(object)
                } else {
                    series[index].addOther(header)
                }
            }
        case .damaged(_, let uid): for index in concerned(by: name, uid: uid) { series[index].addDamaged(object) }
        case .stranger:
            for index in beside(name) where series[index].files.contains(where: { $0.name.sharesNumbering(with: name) }) {
                series[index].addDamaged(object)
            }
        }
        if case .damaged = kind { damaged.append(object) } else { otherObjects.append(object) }
    }

    private func indices(of uid: String) -> [Int] { series.indices.filter { series[$0].seriesInstanceUIDs.contains(uid) } }

    /// The series that a damaged file may belong to: by its UID, by the UIDs of a series whose slices have one each, or by its place.
    private func concerned(by name: DICOMFileName, uid: String?) -> [Int] {
        if let uid {
            let own = indices(of: uid)
            return own.isEmpty ? beside(name).filter { series[$0].seriesInstanceUIDs.count > 1 } : own
        }
        let isPlausible = name.saysDICOM || DICOMProbe.isDICOM(path: String(name.folder + name.name))
        return beside(name).filter { index in isPlausible || series[index].files.contains { $0.name.resembles(name) } }
    }

    /// The series with slices in the file's folder; all of them where none has.
    private func beside(_ name: DICOMFileName) -> [Int] {
        let same = series.indices.filter { index in series[index].files.contains { $0.name.folder == name.folder } }
        return same.isEmpty ? Array(series.indices) : same
    }
}

extension DICOMFileHeader {
    fileprivate var name: DICOMFileName { DICOMFileName(path: path) }

    /// Whether an image that can't be used would have been one of these slices: where it has a size of its own, it wouldn't.
    fileprivate func isMissed(among slice: DICOMFileHeader) -> Bool {
        tiling != nil || rows == 0 || columns == 0 || (rows == slice.rows && columns == slice.columns)
    }
}
