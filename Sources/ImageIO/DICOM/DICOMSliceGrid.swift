import Glibc

/// The positions of a series' slices, and the proof that they are evenly spaced along the normal.
struct DICOMSliceGrid {
    /// At least two, by position along the normal.
    let slices: [DICOMSlice]
    let normal: SIMD3<Double>
    /// The smaller of the two pixel spacings, mm.
    let pixelSpacing: Double

    /// Named positions in one message are at most this many.
    private static let mostNamed = 6

    /// The distance of neighbouring slices, mm: that of the first and last slice, divided by the number of steps (as ITK does).
    func spacing() throws(ImageIOError) -> Double {
        try refuseSharedPositions()
        let usual = usualStep
        try refuseGaps(usual)
        let mean = (slices[slices.count - 1].position - slices[0].position).length / Double(slices.count - 1)
        try refuseSideways()
        try refuseUneven(usual: usual, mean: (slices[slices.count - 1].offset - slices[0].offset) / Double(slices.count - 1))
        return mean
    }

    private var steps: [Double] { (1..<slices.count).map { slices[$0].offset - slices[$0 - 1].offset } }

    private var usualStep: Double { steps.sorted()[(slices.count - 1) / 2] }

    private func fail(_ reason: String, _ advice: String) -> ImageIOError {
        .irregularSeries(path: slices[0].file.path, reason: reason, advice: advice)
    }

    private func refuseSharedPositions() throws(ImageIOError) {
        let distinct = steps.filter { $0 > DICOMTolerance.slicePosition.millimetres }
        let typical = distinct.isEmpty ? 1 : distinct.sorted()[distinct.count / 2]
        let tolerance = DICOMTolerance.slicePosition(spacing: typical)
        let shared = (1..<slices.count).filter { slices[$0].offset - slices[$0 - 1].offset <= tolerance }
        guard let first = shared.first else { return }
        let pair = (slices[first - 1].file, slices[first].file)
        var differences: [String] = []
        if pair.0.acquisitionNumber != pair.1.acquisitionNumber { differences.append("acquisition numbers") }
        if pair.0.echoTime != pair.1.echoTime { differences.append("echo times") }
        let cause = differences.isEmpty ? "" : "; their \(differences.joined(separator: " and ")) differ"
        throw fail(
            "\(slices.count - shared.count) positions hold \(slices.count) slices, which looks like several acquisitions: "
                + "more than one lies at \(named(shared.map { slices[$0].offset }))\(cause)", "give each acquisition as a series of its own"
        )
    }

    private func refuseGaps(_ usual: Double) throws(ImageIOError) {
        let tolerance = DICOMTolerance.slicePosition(spacing: usual)
        var gaps: [String] = []
        var missing = 0
        for (index, step) in steps.enumerated() where step > usual + tolerance {
            let multiple = (step / usual).rounded()
            guard multiple >= 2, abs(step - multiple * usual) <= tolerance * multiple else { return }
            missing += Int(multiple) - 1
            gaps.append(
                "\(text(step)) mm instead of \(text(usual)) mm between slices \(index + 1) and \(index + 2) "
                    + "(at \(text(slices[index].offset)) and \(text(slices[index + 1].offset)) mm)")
        }
        guard missing > 0 else { return }
        let more = gaps.count > Self.mostNamed ? ", and \(gaps.count - Self.mostNamed) more gaps" : ""
        let list = gaps.prefix(Self.mostNamed).joined(separator: "; ") + more
        throw .incompleteSeries(
            path: slices[0].file.path,
            reason: "\(missing) of \(slices.count + missing) slices \(missing == 1 ? "is" : "are") missing: \(list)",
            advice: "send or export the series again, whole")
    }

    private func refuseUneven(usual: Double, mean: Double) throws(ImageIOError) {
        let tolerance = DICOMTolerance.slicePosition(spacing: mean)
        let isEven = slices.indices.allSatisfy { abs(slices[$0].offset - slices[0].offset - Double($0) * mean) <= tolerance }
        guard !isEven else { return }
        let uneven = steps.indices.filter { abs(steps[$0] - usual) > DICOMTolerance.slicePosition(spacing: usual) }
        let named = uneven.prefix(Self.mostNamed).map {
            "\(text(steps[$0])) mm between slices \($0 + 1) and \($0 + 2) (at \(text(slices[$0].offset)) mm)"
        }
        let detail = uneven.isEmpty ? "" : "; most are \(text(usual)) mm, but \(named.joined(separator: "; "))"
        throw fail(
            "the steps between its slices are uneven, from \(text(steps.min() ?? 0)) to \(text(steps.max() ?? 0)) mm\(detail)",
            "give it resampled to even steps, or export the series again if slices are missing")
    }

    /// Slices must lie on the line along the normal: a tilt shifts them evenly, anything else one by one.
    private func refuseSideways() throws(ImageIOError) {
        let start = slices[0].position
        let span = slices[slices.count - 1].position - start
        let along = span.dot(normal)
        let tilt = atan2((span - normal * along).length, along) * 180 / .pi
        let limit = DICOMTolerance.sidewaysPartOfPixel * pixelSpacing
        let shifts = slices.map { slice -> Double in
            let offset = slice.position - start
            return (offset - normal * offset.dot(normal)).length
        }
        if tilt > DICOMTolerance.tilt || (shifts.last ?? 0) > limit {
            throw fail(
                "its slices are tilted by \(text(tilt)) degrees against the line they lie on (gantry tilt); "
                    + "the last of \(slices.count) is shifted by \(text(shifts.last ?? 0)) mm", "reformat it without tilt first")
        }
        guard let worst = shifts.indices.max(by: { shifts[$0] < shifts[$1] }), shifts[worst] > limit else { return }
        throw fail(
            "slice \(worst + 1) at \(text(slices[worst].offset)) mm is shifted sideways by \(text(shifts[worst])) mm",
            "export the series again, or leave that slice out if it is none of it")
    }

    private func named(_ offsets: [Double]) -> String {
        let list = offsets.prefix(Self.mostNamed).map(text).joined(separator: ", ")
        return offsets.count > Self.mostNamed ? "\(list) mm and \(offsets.count - Self.mostNamed) more positions" : "\(list) mm"
    }

    /// A length or angle, to a thousandth.
    private func text(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
    }
}
