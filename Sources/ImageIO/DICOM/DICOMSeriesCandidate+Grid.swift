import Imaging

extension DICOMSeriesCandidate {
    /// Proves that the slices make a regular grid, and gives them in its order.
    ///
    /// Refused, with the positions named: missing slices, several slices at one position, uneven steps, a tilt (slices that are shifted
    /// against each other within their planes), and a single slice without a thickness. An object that is there twice with equal pixels
    /// counts once, with a warning. Tolerances: `DICOMTolerance`.
    /// - Returns: the series; its direction is made orthonormal as ITK does it, its spacing along z is the mean step.
    public func regularSeries() throws(ImageIOError) -> DICOMSeries {
        if let file = unusableFiles.first {
            throw .unusableSeries(
                path: file.path, reason: "this slice of it \(file.reason)",
                advice: "export the series again, with all that belongs to its slices")
        }
        if case .contradicted(let evidence) = wholeness {
            throw .incompleteSeries(
                path: files[0].path, reason: "it is not known to be whole: \(evidence)", advice: "send or export the series again, whole")
        }
        guard let orientation, case let axes = orientation.axes, let pixelSpacing = files[0].pixelSpacing else {
            throw .irregularSeries(
                path: files[0].path, reason: "its slices have no position, orientation or spacing",
                advice: "give it as NIfTI with its grid")
        }
        var warnings = try valueWarnings() + (orientation.warning.map { [$0] } ?? [])
        let sorted = try withoutCopies(sortedSlices(along: axes.column(2)), warnings: &warnings)
        let spacing: Double
        if sorted.count == 1 {
            spacing = try singleSliceSpacing(warnings: &warnings)
        } else {
            spacing = try DICOMSliceGrid(slices: sorted, normal: axes.column(2), pixelSpacing: pixelSpacing.min()).spacing()
        }
        let first = files[0]
        return DICOMSeries(
            seriesInstanceUID: first.seriesInstanceUID, modality: first.modality, seriesNumber: first.seriesNumber,
            seriesDescription: first.seriesDescription, files: sorted.map(\.file),
            geometry: ImageGeometry(
                size: SIMD3(first.columns, first.rows, sorted.count), spacing: SIMD3(pixelSpacing.y, pixelSpacing.x, spacing),
                origin: sorted[0].position, direction: axes),
            warnings: warnings)
    }

    private var orientation: DICOMOrientation? {
        guard let row = files[0].rowDirection, let column = files[0].columnDirection else { return nil }
        return DICOMOrientation(row: row, column: column, positions: files.compactMap(\.imagePosition))
    }

    private func sortedSlices(along normal: SIMD3<Double>) -> [DICOMSlice] {
        files.compactMap { file in file.imagePosition.map { DICOMSlice(file: file, position: $0, offset: $0.dot(normal)) } }
            .sorted { left, right in
                if left.offset != right.offset { return left.offset < right.offset }
                let numbers = (left.file.instanceNumber ?? .max, right.file.instanceNumber ?? .max)
                return numbers.0 == numbers.1 ? left.file.path < right.file.path : numbers.0 < numbers.1
            }
    }

    /// Drops second copies of the same object; a copy whose pixels differ is refused.
    private func withoutCopies(_ slices: [DICOMSlice], warnings: inout [String]) throws(ImageIOError) -> [DICOMSlice] {
        var kept: [DICOMSlice] = []
        var firstOf: [String: DICOMSlice] = [:]
        var copies = 0
        for slice in slices {
            guard !slice.file.sopInstanceUID.isEmpty, let first = firstOf[slice.file.sopInstanceUID],
                (first.position - slice.position).length <= DICOMTolerance.slicePosition.millimetres
            else {
                firstOf[slice.file.sopInstanceUID] = slice
                kept.append(slice)
                continue
            }
            guard try first.file.hasSamePixels(as: slice.file) else {
                throw .irregularSeries(
                    path: slice.file.path, reason: "it is the same SOP instance as \(first.file.path) with different pixels",
                    advice: "remove one of the two")
            }
            copies += 1
        }
        if copies == 1 { warnings.append("One slice is there twice, as copies of the same object; it counts once.") }
        if copies > 1 { warnings.append("\(copies) files are copies of other slices; each slice counts once.") }
        return kept
    }

    private func singleSliceSpacing(warnings: inout [String]) throws(ImageIOError) -> Double {
        guard let thickness = files[0].spacingBetweenSlices ?? files[0].sliceThickness, thickness > 0 else {
            throw .irregularSeries(
                path: files[0].path,
                reason: "it is a single slice without a Slice Thickness, so its extent is unknown",
                advice: "give it as NIfTI with its thickness")
        }
        warnings.append("The series is a single slice, \(thickness) mm thick.")
        return thickness
    }
}

/// A slice and where it lies.
struct DICOMSlice {
    let file: DICOMFileHeader
    /// The centre of its first pixel, LPS, mm.
    let position: SIMD3<Double>
    /// That position along the normal, mm.
    let offset: Double
}
