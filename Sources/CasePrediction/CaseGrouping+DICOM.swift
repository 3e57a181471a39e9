import Foundation
public import ImageIO

/// One DICOM series that is to become a case, named, its geometry not yet checked.
public struct DICOMCase: Sendable {
    /// The case's name, safe for file systems, never from patient attributes.
    public let name: String
    /// The series as grouped; `regularSeries()` proves its grid.
    public let series: DICOMSeriesCandidate
}

/// The DICOM cases of a folder and what else lay there.
public struct DICOMCases: Sendable {
    /// One for each series, sorted by name.
    public let cases: [DICOMCase]
    /// Files that are no image of a series, each with its reason.
    public let otherObjects: [(path: String, reason: String)]
    /// Files that can't be read whole and may be slices, each with its reason; the series they may belong to are refused.
    public let damaged: [(path: String, reason: String)]

    /// All files that make no case, each with its reason.
    public var passedOver: [(path: String, reason: String)] { otherObjects + damaged }
}

extension CaseGrouping {
    /// The DICOM series below a folder: one case for each sub-folder and series, loose files by series.
    ///
    /// Named as the daemon names them: by the sub-folder, with the series number when it holds several; loose files by series description
    /// and the last part of the UID.
    public static func dicomCases(in folder: String) throws(CasePredictionError) -> DICOMCases {
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
            let found = dicomCases(paths: try filesBelow(path), folderName: name)
            cases += found.cases
            others += found.otherObjects
            damaged += found.damaged
        }
        let found = dicomCases(paths: loose, folderName: nil)
        return DICOMCases(
            cases: unique(cases + found.cases).sorted { CaseNaming.precedes($0.name, $1.name) }, otherObjects: others + found.otherObjects,
            damaged: damaged + found.damaged)
    }

    /// The DICOM series among the given files, named after the folder they were dropped in; nil for loose files.
    public static func dicomCases(paths: [String], folderName: String?) -> DICOMCases {
        let collection = DICOMCollection(paths: paths)
        let cases = collection.series.map { series in
            DICOMCase(
                name: CaseNaming.dicomName(
                    folder: folderName, seriesNumber: series.seriesNumber, seriesDescription: series.seriesDescription,
                    seriesInstanceUID: series.seriesInstanceUID, isOnlySeries: collection.series.count == 1),
                series: series)
        }
        return DICOMCases(
            cases: unique(cases), otherObjects: collection.otherObjects.map { ($0.path, $0.reason) },
            damaged: collection.damaged.map { ($0.path, $0.reason) })
    }

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
            return DICOMCase(name: candidate, series: item.series)
        }
    }
}
