import Files

extension DICOMSeriesCandidate {
    /// Proves that the voxel values of every slice are known, and says what is unusual about them.
    ///
    /// CT: values are Hounsfield units only through Rescale Slope and Rescale Intercept, which each slice must have (PS3.3 C.8.2.1, type 1),
    /// the slope not 0 and the Rescale Type, where there is one, HU or unspecified (US). MR: values have no unit and rescaling is optional;
    /// both numbers or none, and a slope of 0 is read as 1 where all slices have it. Either may differ from slice to slice.
    func valueWarnings() throws(Problem) -> [String] {
        let unknown = files.filter { $0.reasonForUnknownValues != nil }
        if let first = unknown.first, let (reason, advice) = first.reasonForUnknownValues {
            throw .unusableSeries(path: first.path, reason: reason + extent(unknown.count), advice: advice)
        }
        try refuseMixedRescaling()
        var warnings: [String] = []
        if files.contains(where: { $0.rescaleSlope == 0 }) {
            warnings.append("\(DICOMTag.rescaleSlope.named) is 0 in all slices and is read as 1.")
        }
        if files.contains(where: \.hasUnspecifiedUnit) {
            warnings.append("\(DICOMTag.rescaleType.named) is US, unspecified; the voxels are taken as Hounsfield units.")
        }
        if files.contains(where: { $0.photometricInterpretation == "MONOCHROME1" }) {
            warnings.append("\(DICOMTag.photometricInterpretation.named) is MONOCHROME1, to be shown inverted; the voxels are as stored.")
        }
        return warnings + unreadableWarnings
    }

    /// Refuses slices that say nothing of a rescaling beside others that are rescaled: what applies to them is unknown.
    private func refuseMixedRescaling() throws(Problem) {
        let silent = files.filter { $0.rescaleSlope == nil || $0.rescaleSlope == 0 }
        guard let first = silent.first, silent.count < files.count, files.contains(where: { $0.slope != 1 || $0.intercept != 0 }) else {
            return
        }
        let found = first.rescaleSlope == nil ? "it has no \(DICOMTag.rescaleSlope.named)" : "its \(DICOMTag.rescaleSlope.named) is 0"
        throw .unusableSeries(
            path: first.path, reason: "\(found)\(extent(silent.count)), and other slices are rescaled", advice: DICOMFileHeader.exportAgain)
    }

    private func extent(_ count: Int) -> String {
        files.count == 1 ? "" : " (so \(count == 1 ? "has" : "have") \(count) of \(files.count) slices)"
    }

    private var unreadableWarnings: [String] {
        Set(files.flatMap(\.unreadable)).sorted().map { tag in
            "\(tag.named) can't be read in \(files.count(where: { $0.unreadable.contains(tag) })) of \(files.count) slices and is not used."
        }
    }
}

extension DICOMFileHeader {
    /// What helps against attributes that are missing.
    fileprivate static let exportAgain =
        "export the series again from the scanner or archive; an anonymiser may have taken the attribute away"

    /// Why the voxel values of this slice are not known, and what helps; nil where they are.
    fileprivate var reasonForUnknownValues: (reason: String, advice: String)? {
        let absent = [(DICOMTag.rescaleSlope, rescaleSlope), (.rescaleIntercept, rescaleIntercept)].filter { $0.1 == nil }.map(\.0.named)
        guard modality == "CT" else {
            return absent.count == 1 ? ("it has no \(absent[0]), but the number that belongs to it", Self.exportAgain) : nil
        }
        if !absent.isEmpty {
            let names = (absent.count == 2 ? "neither " : "no ") + absent.joined(separator: " nor ")
            return ("it has \(names), so its Hounsfield units are unknown", Self.exportAgain)
        }
        if rescaleSlope == 0 {
            return ("its \(DICOMTag.rescaleSlope.named) is 0, so its Hounsfield units are unknown", "export the series again")
        }
        if let rescaleType, !Self.isHounsfield(rescaleType), !hasUnspecifiedUnit {
            return (
                "its \(DICOMTag.rescaleType.named) is \(ForeignText.marked(rescaleType.prefix(16))), so its values are no Hounsfield units",
                "give a series in Hounsfield units"
            )
        }
        return nil
    }

    /// Whether the values of a CT image are said to have no specified unit.
    fileprivate var hasUnspecifiedUnit: Bool { modality == "CT" && rescaleType?.uppercased() == "US" }

    /// The standard's HU (PS3.3 C.11.1.1.2), or the word that some programs write in its place.
    private static func isHounsfield(_ type: String) -> Bool {
        let letters = type.uppercased()
        return letters == "HU" || letters.hasPrefix("HOUN")
    }

    /// The slope that is applied. MR images need none; 0 would erase the image and is read as 1.
    var slope: Double { rescaleSlope.flatMap { $0 == 0 ? nil : $0 } ?? 1 }

    /// The intercept that is applied.
    var intercept: Double { rescaleIntercept ?? 0 }
}
