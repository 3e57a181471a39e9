package import Files
import Imaging

extension DICOMSeriesCandidate {
    /// Proves that the slices make a regular grid, and gives them in its order.
    ///
    /// Refused for good (`irregularSeries`), with what differs named: several slices at one position, interleaved acquisitions, uneven
    /// steps, a tilt (slices that are shifted against each other within their planes), orientations that differ, a single slice without a
    /// thickness. Refused as `incompleteSeries`, which more files may cure: missing slices, damaged files, counts that say that something
    /// is missing. A slice that is there twice with equal pixels counts once, with a warning. Tolerances: `DICOMTolerance`.
    /// - Returns: the series; its direction is made orthonormal as ITK does it, its spacing along z is the mean step.
    package func regularSeries() throws(Problem) -> DICOMSeries {
        guard let orientation, case let axes = orientation.axes, let pixelSpacing else {
            throw .irregularSeries(
                path: files[0].path, reason: "its slices have no position, orientation or spacing", advice: "give it as NIfTI with its grid"
            )
        }
        try refuseMixed()
        try refuseUnusable()
        try refuseDifferentPlanes(pixelSpacing)
        var warnings = try valueWarnings() + (orientation.warning.map { [$0] } ?? [])
        if seriesInstanceUIDs.count > 1 {
            warnings.append(
                "The slices carry \(seriesInstanceUIDs.count) different Series Instance UIDs; their positions and attributes show that they are one series."
            )
        }
        let sorted = try DICOMSliceCopies(sortedSlices(along: axes.column(2)), pixelSpacing: pixelSpacing.min()).removed(
            warnings: &warnings)
        let spacing = try sliceSpacing(sorted, normal: axes.column(2), pixelSpacing: pixelSpacing.min(), warnings: &warnings)
        try refuseIncomplete(sliceCount: sorted.count)
        let first = files[0]
        return DICOMSeries(
            seriesInstanceUID: seriesInstanceUID, modality: modality, seriesNumber: seriesNumber, seriesDescription: seriesDescription,
            files: sorted.map(\.file),
            geometry: ImageGeometry(
                size: SIMD3(first.columns, first.rows, sorted.count), spacing: SIMD3(pixelSpacing.y, pixelSpacing.x, spacing),
                origin: sorted[0].position, direction: axes),
            warnings: warnings)
    }

    /// Slices that are not of one stack, one patient or one examination.
    private func refuseMixed() throws(Problem) {
        if let misfit { throw .irregularSeries(path: files[0].path, reason: misfit.reason, advice: misfit.advice) }
        guard let (attribute, count) = DICOMOwner.difference(among: files) else { return }
        throw .irregularSeries(
            path: files[0].path, reason: "its slices are not of one examination: they have \(count) different values of \(attribute)",
            advice: "send the series of each patient and examination in a folder of its own, as the scanner or archive has it")
    }

    private func refuseUnusable() throws(Problem) {
        guard let file = unusableFiles.first else { return }
        throw .unusableSeries(
            path: file.path, reason: "this slice of it \(file.reason)",
            advice: "export the series again, with all that belongs to its slices, or leave that file out if it is no slice")
    }

    /// Planes and pixel spacings that differ by more than rounding move the far corner of an image by more than half a pixel.
    private func refuseDifferentPlanes(_ pixelSpacing: SIMD2<Double>) throws(Problem) {
        guard let written else { return }
        for file in files {
            guard let row = file.rowDirection, let column = file.columnDirection, let spacing = file.pixelSpacing else { continue }
            let turn = Swift.max((row - written.row).largestMagnitude, (column - written.column).largestMagnitude)
            guard turn <= DICOMTolerance.directionCosine else {
                throw .irregularSeries(
                    path: files[0].path,
                    reason:
                        "Image Orientation (Patient) of \(ForeignText.marked(file.path)) differs by \(DICOMSliceGrid.text(turn)) from that of the other slices",
                    advice: "export the series again, or leave that file out if it is no slice")
            }
            guard (spacing / pixelSpacing - 1).largestMagnitude <= DICOMTolerance.relativePixelSpacing else {
                throw .irregularSeries(
                    path: files[0].path,
                    reason:
                        "Pixel Spacing of \(ForeignText.marked(file.path)) is \(DICOMDecimal.text(spacing.x))/\(DICOMDecimal.text(spacing.y)) mm, "
                        + "that of the other slices \(DICOMDecimal.text(pixelSpacing.x))/\(DICOMDecimal.text(pixelSpacing.y)) mm",
                    advice: "export the series again, or leave that file out if it is no slice")
            }
        }
    }

    private func refuseIncomplete(sliceCount: Int) throws(Problem) {
        guard case .contradicted(let evidence) = wholeness(sliceCount: sliceCount) else { return }
        throw .incompleteSeries(
            path: files[0].path, reason: evidence,
            advice: "send or export the series again, whole; if this part alone is meant, give it as NIfTI")
    }

    /// The distance of the slices' centres along their normal, mm; a damaged file may be why it is not even.
    private func sliceSpacing(
        _ sorted: [DICOMSlice], normal: SIMD3<Double>, pixelSpacing: Double, warnings: inout [String]
    ) throws(Problem) -> Double {
        do throws(Problem) {
            if sorted.count == 1 { return try singleSliceSpacing(warnings: &warnings) }
            return try DICOMSliceGrid(slices: sorted, normal: normal, pixelSpacing: pixelSpacing).spacing()
        } catch {
            throw error.kind == .incomplete ? error.adding(damage) : error
        }
    }

    private func singleSliceSpacing(warnings: inout [String]) throws(Problem) -> Double {
        guard let thickness = files[0].spacingBetweenSlices ?? files[0].sliceThickness, thickness > 0 else {
            throw .irregularSeries(
                path: files[0].path, reason: "it is a single slice without a Slice Thickness, so its extent is unknown",
                advice: "give it as NIfTI with its thickness")
        }
        warnings.append("The series is a single slice, \(thickness) mm thick.")
        return thickness
    }
}
