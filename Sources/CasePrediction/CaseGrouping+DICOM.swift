import Foundation
public import ImageIO

/// One DICOM series that is to become a case, named, its geometry not yet checked.
public struct DICOMCase: Sendable {
    /// The case's name, safe for file systems, never from patient attributes.
    public let name: String
    /// The series as grouped; `regularSeries()` proves its grid.
    public let series: DICOMSeriesCandidate
    /// Why the series has too few slices to be a case; nil where it has enough.
    public let shortage: CasePredictionError?

    /// The series with its grid proven.
    ///
    /// Throws where it has too few slices or is no regular grid, with the positions or attributes named.
    public func regularSeries() throws(CasePredictionError) -> DICOMSeries {
        if let shortage { throw shortage }
        do throws(ImageIOError) { return try series.regularSeries() } catch { throw CasePredictionError(error) }
    }
}

/// The DICOM cases of a folder and what else lay there.
public struct DICOMCases: Sendable {
    /// One for each series, sorted by name.
    public let cases: [DICOMCase]
    /// Files that are no image of a case, each with its reason.
    public let otherObjects: [(path: String, reason: String)]
    /// Files that can't be read whole and may be slices, each with its reason; the series they may belong to are refused.
    public let damaged: [(path: String, reason: String)]

    /// All files that make no case, each with its reason.
    public var passedOver: [(path: String, reason: String)] { otherObjects + damaged }
}

extension CaseGrouping {
    /// The DICOM series below a folder: one case for each sub-folder and series, loose files by series.
    ///
    /// Named as the daemon names them: by the sub-folder, with the series number when it holds several; loose files by series number and
    /// the last part of the UID.
    /// - Parameter minimumSlices: as for files.
    public static func dicomCases(in folder: String, minimumSlices: Int? = nil) throws(CasePredictionError) -> DICOMCases {
        var cases: [DICOMCase] = []
        var others: [(path: String, reason: String)] = []
        var damaged: [(path: String, reason: String)] = []
        var loose: [String] = []
        for (name, isFolder) in try entries(of: folder) {
            let path = folder + "/" + name
            guard isFolder else {
                loose.append(path)
                continue
            }
            let found = dicomCases(paths: try filesBelow(path), folderName: name, minimumSlices: minimumSlices)
            cases += found.cases
            others += found.otherObjects
            damaged += found.damaged
        }
        let found = dicomCases(paths: loose, folderName: nil, minimumSlices: minimumSlices)
        return DICOMCases(
            cases: unique(cases + found.cases).sorted { CaseNaming.precedes($0.name, $1.name) }, otherObjects: others + found.otherObjects,
            damaged: damaged + found.damaged)
    }

    /// The DICOM series among the given files, named after the folder they were dropped in; nil for loose files.
    ///
    /// - Parameter minimumSlices: series with fewer slices are no cases: set aside beside others, refused alone. Without it that holds for
    ///   series of one slice, and beside a much longer series for those of a few, such as scouts.
    public static func dicomCases(paths: [String], folderName: String?, minimumSlices: Int? = nil) -> DICOMCases {
        let collection = DICOMCollection(paths: paths)
        let counts = collection.series.map(\.sliceCount)
        let most = counts.max() ?? 0
        let least = minimumSlices ?? 2
        let isCase = zip(collection.series, counts).map { series, count in
            count >= least && (minimumSlices != nil || !series.isFew(beside: most))
        }
        let caseCount = isCase.count { $0 }
        var cases: [DICOMCase] = []
        var others = collection.otherObjects.map { (path: $0.path, reason: $0.reason) }
        for (index, series) in collection.series.enumerated() {
            guard isCase[index] || caseCount == 0 else {
                let reason =
                    "its series has \(slices(counts[index])), beside one of \(most); min_slices = \(counts[index]) takes such a series"
                others += series.files.map { ($0.path, reason) }
                continue
            }
            let name = CaseNaming.dicomName(
                folder: folderName, seriesNumber: series.seriesNumber, seriesInstanceUID: series.seriesInstanceUID,
                isOnlySeries: caseCount == 1 || collection.series.count == 1)
            // Several slices at one position are not too few, but refused for what they are.
            let isShort = !isCase[index] && (series.files.count == counts[index] || (try? series.regularSeries()) != nil)
            cases.append(
                DICOMCase(name: name, series: series, shortage: isShort ? shortage(series, count: counts[index], least: least) : nil))
        }
        return DICOMCases(cases: unique(cases), otherObjects: others, damaged: collection.damaged.map { ($0.path, $0.reason) })
    }

    private static func shortage(_ series: DICOMSeriesCandidate, count: Int, least: Int) -> CasePredictionError {
        .badInput(
            path: series.files[0].path, problem: "its series has \(slices(count)), fewer than the \(least) that make a case",
            advice: "send all its slices; where series of \(slices(count)) are meant, say so with min_slices = \(count)")
    }

    private static func slices(_ count: Int) -> String { count == 1 ? "1 slice" : "\(count) slices" }

    /// All files below a folder, hidden ones left out, sorted by code point; symbolic links to folders are not followed.
    public static func filesBelow(_ folder: String) throws(CasePredictionError) -> [String] {
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
            return DICOMCase(name: candidate, series: item.series, shortage: item.shortage)
        }
    }
}
