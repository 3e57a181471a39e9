package import DICOM
package import Files
import Foundation

/// One DICOM series that is to become a case, named, its geometry not yet checked.
package struct DICOMCase: Sendable {
    /// The case's name, safe for file systems, never from patient attributes.
    package let name: String
    /// The series as grouped; `regularSeries()` proves its grid.
    package let series: DICOMSeriesCandidate
    /// Why the series has too few slices to be a case; nil where it has enough.
    package let shortage: Problem?
    /// For people: what was unusual about where its files lay.
    package let warnings: [String]

    /// The series with its grid proven.
    ///
    /// Throws where it has too few slices or is no regular grid, with the positions or attributes named.
    package func regularSeries() throws(Problem) -> DICOMSeries {
        if let shortage { throw shortage }
        return try series.regularSeries()
    }
}

/// The DICOM cases of a folder and what else lay there.
package struct DICOMCases: Sendable {
    /// One for each series, sorted by name.
    package let cases: [DICOMCase]
    /// Files that are no image of a case, each with its reason.
    package let otherObjects: [(path: String, reason: String)]
    /// Files that can't be read whole and may be slices, each with its reason; the series they may belong to are refused.
    package let damaged: [(path: String, reason: String)]

    /// All files that make no case, each with its reason.
    package var passedOver: [(path: String, reason: String)] {
        (otherObjects + damaged).map { path, reason in
            let name = path.split(separator: "/").last.map(String.init) ?? path
            guard CaseNaming.looksLikeImage(name), !DICOMProbe.isDICOM(path: path) else { return (path, reason) }
            return (path, "\(reason); NIfTI cases are taken from the input folder itself, not from folders in it")
        }
    }
}

extension CaseGrouping {
    /// The DICOM series below a folder: one case for each sub-folder and series, loose files by series.
    ///
    /// Named as the daemon names them: by the sub-folder, with the series number when it holds several; loose files by series number and
    /// the last part of the UID. A series that lies in several sub-folders, in parts or copied, is one case, named after the first.
    ///
    /// - `minimumSlices`: as for files.
    package static func dicomCases(in folder: String, minimumSlices: Int? = nil) throws(Problem) -> DICOMCases {
        let headers = DICOMHeaders()
        var places: [DICOMPlace] = []
        var loose: [String] = []
        for (name, isFolder) in try entries(of: folder) {
            let path = folder + "/" + name
            if isFolder {
                places.append(DICOMPlace(paths: try filesBelow(path), folders: [name], headers: headers))
            } else {
                loose.append(path)
            }
        }
        places.append(DICOMPlace(paths: loose, folders: [], headers: headers))
        let found = DICOMPlace.joined(places, headers).map { dicomCases(at: $0, below: folder, minimumSlices: minimumSlices) }
        return DICOMCases(
            cases: unique(found.flatMap(\.cases)).sorted { CaseNaming.precedes($0.name, $1.name) },
            otherObjects: found.flatMap(\.otherObjects), damaged: found.flatMap(\.damaged))
    }

    /// The DICOM series among the given files, each named after the first of the folders that it has files in.
    ///
    /// - `folders`: the names of the folders that the files lie in, sorted; none for loose files.
    /// - `root`: what those folders lie in.
    /// - `minimumSlices`: series with fewer slices are no cases: set aside beside others, refused alone. Without it that holds for series
    ///   of one slice, and beside a much longer series for those of a few, such as scouts.
    /// - `headers`: files that were read before are not parsed again.
    package static func dicomCases(
        paths: [String], folders: [String], below root: String, minimumSlices: Int? = nil, headers: DICOMHeaders = DICOMHeaders()
    ) -> DICOMCases {
        dicomCases(at: DICOMPlace(paths: paths, folders: folders, headers: headers), below: root, minimumSlices: minimumSlices)
    }

    private static func dicomCases(at place: DICOMPlace, below root: String, minimumSlices: Int?) -> DICOMCases {
        let collection = place.collection
        let counts = collection.series.map(\.sliceCount)
        let most = counts.max() ?? 0
        let least = minimumSlices ?? 2
        let isCase = zip(collection.series, counts).map { series, count in
            count >= least && (minimumSlices != nil || !series.isFew(beside: most))
        }
        let made = collection.series.indices.filter { isCase[$0] || !isCase.contains(true) }
        let folders = made.map { place.folders(of: collection.series[$0], below: root) }
        var cases: [DICOMCase] = []
        var others = collection.otherObjects.map { (path: $0.path, reason: $0.reason) }
        for (index, series) in collection.series.enumerated() {
            guard let position = made.firstIndex(of: index) else {
                let reason =
                    "its series has \(slices(counts[index])), beside one of \(most); min_slices = \(counts[index]) takes such a series"
                others += series.files.map { ($0.path, reason) }
                continue
            }
            let own = folders[position]
            let name = CaseNaming.dicomName(
                folder: own.first, seriesNumber: series.seriesNumber, seriesInstanceUID: series.seriesInstanceUID,
                isOnlySeries: folders.count { $0.first == own.first } == 1)
            // Several slices at one position are not too few, but refused for what they are.
            let isShort = !isCase[index] && (series.files.count == counts[index] || (try? series.regularSeries()) != nil)
            cases.append(
                DICOMCase(
                    name: name, series: series, shortage: isShort ? shortage(series, count: counts[index], least: least) : nil,
                    warnings: own.count > 1 ? ["The files of the series lie in several folders: \(summary(of: own))."] : []))
        }
        return DICOMCases(cases: unique(cases), otherObjects: others, damaged: collection.damaged.map { ($0.path, $0.reason) })
    }

    private static func shortage(_ series: DICOMSeriesCandidate, count: Int, least: Int) -> Problem {
        .badInput(
            path: series.files[0].path, problem: "its series has \(slices(count)), fewer than the \(least) that make a case",
            advice: "send all its slices; where series of \(slices(count)) are meant, say so with min_slices = \(count) in the route, or "
                + "--min_slices \(count)")
    }

    private static func slices(_ count: Int) -> String { count == 1 ? "1 slice" : "\(count) slices" }

    /// All files below a folder, hidden ones left out, sorted by code point; symbolic links to folders are not followed.
    package static func filesBelow(_ folder: String) throws(Problem) -> [String] {
        var files: [String] = []
        for (name, isFolder) in try entries(of: folder) {
            let path = folder + "/" + name
            if !isFolder {
                files.append(path)
            } else if (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) == nil {
                files += try filesBelow(path)
            }
        }
        return files
    }

    /// Makes equal names differ: first by the last part of the series UID, then by a counter.
    private static func unique(_ cases: [DICOMCase]) -> [DICOMCase] {
        var counts: [String: Int] = [:]
        for item in cases { counts[item.name, default: 0] += 1 }
        var taken: Set<String> = []
        return cases.map { item in
            var name = item.name
            if counts[name, default: 0] > 1 {
                let tail = CaseNaming.lastPart(of: item.series.seriesInstanceUID)
                if !name.hasSuffix(tail) { name = CaseNaming.safeName(name.prefix(CaseNaming.longestName - 40) + "_" + tail) }
            }
            var candidate = name
            var counter = 2
            while !taken.insert(candidate).inserted {
                candidate = "\(name)_\(counter)"
                counter += 1
            }
            return DICOMCase(name: candidate, series: item.series, shortage: item.shortage, warnings: item.warnings)
        }
    }
}

/// Files that are looked at together: those below one folder, or below several that hold parts of one series, or loose ones.
private struct DICOMPlace {
    let paths: [String]
    /// The folders' names, sorted; none for loose files.
    let folders: [String]
    let collection: DICOMCollection

    init(paths: [String], folders: [String], headers: DICOMHeaders) {
        self.paths = paths
        self.folders = folders
        collection = DICOMCollection(paths: paths, headers: headers)
    }

    /// The places, those that share a series made one.
    static func joined(_ places: [DICOMPlace], _ headers: DICOMHeaders) -> [DICOMPlace] {
        groups(sharing: places.map(\.seriesUIDs)).map { group in
            let members = group.map { places[$0] }
            guard members.count > 1 else { return members[0] }
            return DICOMPlace(paths: members.flatMap(\.paths), folders: members.flatMap(\.folders), headers: headers)
        }
    }

    private var seriesUIDs: Set<String> {
        Set(collection.series.lazy.flatMap(\.files).map(\.seriesInstanceUID).filter { !$0.isEmpty })
    }

    /// Those of the folders in which a series has files.
    func folders(of series: DICOMSeriesCandidate, below root: String) -> [String] {
        guard folders.count > 1 else { return folders }
        return folders.filter { name in series.files.contains { $0.path.hasPrefix("\(root)/\(name)/") } }
    }
}
