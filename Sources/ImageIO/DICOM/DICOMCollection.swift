/// DICOM files sorted into series that may become volumes, and everything else with the reason why it may not.
public struct DICOMCollection: Sendable {
    /// One for each series and, within it, each image size, pixel spacing and orientation; by series number, then in the order of files.
    public let series: [DICOMSeriesCandidate]
    /// Files that are no slice of a CT or MR series, and why, in the order given.
    public let otherObjects: [OtherObject]

    /// A file that is not used.
    public struct OtherObject: Sendable, Equatable {
        /// The file.
        public let path: String
        /// Why it is not used, as a clause: "is a presentation state".
        public let reason: String
    }

    /// Reads the headers of the files, not their pixels. Throws nothing: what can't be read is among `otherObjects`.
    public init(paths: [String]) {
        var others: [OtherObject] = []
        var groups: [DICOMSeriesCandidate] = []
        var groupsOfSeries: [String: [Int]] = [:]
        for path in paths {
            let header: DICOMFileHeader
            do throws(ImageIOError) {
                header = try DICOMProbe.header(path: path)
            } catch {
                others.append(OtherObject(path: path, reason: error.clause))
                continue
            }
            if let reason = header.reasonNotToBeASlice {
                others.append(OtherObject(path: path, reason: reason))
                continue
            }
            let known = groupsOfSeries[header.seriesInstanceUID, default: []]
            if let index = known.first(where: { groups[$0].takes(header) }) {
                groups[index].add(header)
            } else {
                groupsOfSeries[header.seriesInstanceUID, default: []].append(groups.count)
                groups.append(DICOMSeriesCandidate(first: header))
            }
        }
        otherObjects = others
        series = groups.enumerated().sorted { left, right in
            let numbers = (left.element.seriesNumber ?? .max, right.element.seriesNumber ?? .max)
            return numbers.0 == numbers.1 ? left.offset < right.offset : numbers.0 < numbers.1
        }.map(\.element)
    }
}

extension ImageIOError {
    /// What is wrong without the path, for a list that names it already.
    fileprivate var clause: String {
        switch self {
        case .unreadable(_, let reason): "can't be read: \(reason)"
        case .notAnImage: "is not a DICOM file"
        case .damaged(_, let reason): "is damaged: \(reason)"
        case .unsupported(_, let reason): "is not supported: \(reason)"
        default: description
        }
    }
}
