import Files

/// Slices that lie at one position: copies of each other, which count once, or slices of different acquisitions, which are kept.
struct DICOMSliceCopies {
    /// By position along the normal.
    private let slices: [DICOMSlice]
    /// The smaller of the two pixel spacings, mm.
    private let pixelSpacing: Double
    /// Along the normal, mm.
    private let tolerance: Double

    init(_ slices: [DICOMSlice], pixelSpacing: Double) {
        self.slices = slices
        self.pixelSpacing = pixelSpacing
        tolerance = DICOMTolerance.slicePosition(spacing: DICOMSliceGrid.typicalStep(slices.map(\.offset)))
    }

    /// The slices without copies: objects with the same position and the same pixels and no attribute to tell their acquisitions apart,
    /// whatever their UIDs.
    ///
    /// As soon as two slices at one position differ, no further pixels are compared: the series is refused anyway. Throws
    /// `irregularSeries` where two files are the same SOP instance with different pixels.
    func removed(warnings: inout [String]) throws(Problem) -> [DICOMSlice] {
        var kept: [DICOMSlice] = []
        var copies = 0
        var isSeveral = false
        for slice in slices {
            guard !isSeveral,
                let first = kept.reversed().lazy.prefix(while: { !isBelow($0, slice) }).first(where: { isSamePlace($0, slice) })
            else {
                kept.append(slice)
                continue
            }
            let isCopy = isSameAcquisition(first, slice) ? try first.file.hasSamePixels(as: slice.file) : false
            if isCopy {
                copies += 1
            } else if !slice.file.sopInstanceUID.isEmpty, first.file.sopInstanceUID == slice.file.sopInstanceUID {
                throw .irregularSeries(
                    path: slice.file.path,
                    reason: "it is the same SOP instance as \(ForeignText.marked(first.file.path)) with different pixels",
                    advice: "remove one of the two")
            } else {
                isSeveral = true
                kept.append(slice)
            }
        }
        if copies == 1 { warnings.append("One slice is there twice; it counts once.") }
        if copies > 1 { warnings.append("\(copies) files are copies of other slices; each slice counts once.") }
        return kept
    }

    /// Whether no attribute that both have says that the two slices are of different acquisitions.
    private func isSameAcquisition(_ first: DICOMSlice, _ second: DICOMSlice) -> Bool {
        !DICOMAcquisitionDifference.all([first.file, second.file]).contains { difference in
            difference.attribute.weight != .hint && !difference.values.contains(nil)
        }
    }

    private func isBelow(_ first: DICOMSlice, _ second: DICOMSlice) -> Bool { second.offset - first.offset > tolerance }

    private func isSamePlace(_ first: DICOMSlice, _ second: DICOMSlice) -> Bool {
        (first.position - second.position).length <= max(tolerance, DICOMTolerance.sidewaysPartOfPixel * pixelSpacing)
    }
}
