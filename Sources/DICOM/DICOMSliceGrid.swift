import Files
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
    func spacing() throws(Problem) -> Double {
        try refuseSharedPositions()
        try refuseGaps()
        let mean = (slices[slices.count - 1].position - slices[0].position).length / Double(slices.count - 1)
        try refuseSideways()
        try refuseUneven(mean: (slices[slices.count - 1].offset - slices[0].offset) / Double(slices.count - 1))
        try refuseSeveralAcquisitions()
        return mean
    }

    /// The usual distance of different positions among sorted offsets, mm; 1 where all are one.
    static func typicalStep(_ offsets: [Double]) -> Double {
        let steps = zip(offsets, offsets.dropFirst()).map { $1 - $0 }.filter { $0 > DICOMTolerance.slicePosition.millimetres }.sorted()
        return steps.isEmpty ? 1 : steps[steps.count / 2]
    }

    private var steps: [Double] { (1..<slices.count).map { slices[$0].offset - slices[$0 - 1].offset } }

    private func fail(_ reason: String, _ advice: String) -> Problem {
        .irregularSeries(path: slices[0].file.path, reason: reason, advice: advice)
    }

    // MARK: Several acquisitions

    private func refuseSharedPositions() throws(Problem) {
        let tolerance = DICOMTolerance.slicePosition(spacing: Self.typicalStep(slices.map(\.offset)))
        let shared = (1..<slices.count).filter { slices[$0].offset - slices[$0 - 1].offset <= tolerance }
        guard !shared.isEmpty else { return }
        var places: [[DICOMSlice]] = [[slices[0]]]
        for index in 1..<slices.count {
            if shared.contains(index) { places[places.count - 1].append(slices[index]) } else { places.append([slices[index]]) }
        }
        let crowded = places.filter { $0.count > 1 }
        let cause = DICOMSharedPlaces(places: crowded, normal: normal, pixelSpacing: pixelSpacing)
        throw fail(
            "\(places.count) \(places.count == 1 ? "position holds" : "positions hold") \(slices.count) slices; more than one lies at "
                + "\(named(crowded.map { $0[0].offset })); \(cause.clause)", cause.advice)
    }

    /// Sets of slices that are regular each by itself and differ in one attribute are acquisitions that interleave.
    ///
    /// Where the positions are explained otherwise, by a missing slice or none at all, only attributes count that never differ in one volume.
    private func interleaved(_ allowed: [DICOMAcquisition.Weight]) -> DICOMAcquisitionDifference? {
        DICOMAcquisitionDifference.all(slices.map(\.file)).first { difference in
            guard allowed.contains(difference.attribute.weight), !difference.values.contains(nil) else { return false }
            let sets = Dictionary(grouping: slices.indices, by: { difference.values[$0] }).values.map {
                $0.sorted().map { slices[$0].offset }
            }
            let regular = sets.allSatisfy { offsets in
                guard offsets.count > 2 else { return false }
                let mean = (offsets[offsets.count - 1] - offsets[0]) / Double(offsets.count - 1)
                let tolerance = DICOMTolerance.slicePosition(spacing: mean)
                return offsets.indices.allSatisfy { abs(offsets[$0] - offsets[0] - Double($0) * mean) <= tolerance }
            }
            return regular && sets.contains { set in sets.contains { $0[0] < set[set.count - 1] && $0[0] > set[0] } }
        }
    }

    private func refuseSeveralAcquisitions() throws(Problem) {
        guard let difference = DICOMAcquisitionDifference.all(slices.map(\.file)).first(where: \.splitsARegularGrid) else { return }
        throw several(difference)
    }

    private func several(_ difference: DICOMAcquisitionDifference) -> Problem {
        fail("its slices are of several acquisitions: \(difference.clause)", DICOMSharedPlaces.advice(difference.attribute.name))
    }

    // MARK: Steps

    private func refuseGaps() throws(Problem) {
        guard let usual = usualStep else { return }
        let tolerance = DICOMTolerance.slicePosition(spacing: usual)
        let wide = steps.indices.filter { steps[$0] > usual + tolerance }
        guard !wide.isEmpty else { return }
        if let difference = interleaved([.decisive, .takingTurns]) { throw several(difference) }
        let missing = wide.reduce(0) { $0 + Int((steps[$1] / usual).rounded()) - 1 }
        let gaps = wide.prefix(Self.mostNamed).map { index in
            "\(Self.text(steps[index])) mm instead of \(Self.text(usual)) mm between slices \(index + 1) and \(index + 2) "
                + "(at \(Self.text(slices[index].offset)) and \(Self.text(slices[index + 1].offset)) mm)"
        }
        let more = wide.count > Self.mostNamed ? ", and \(wide.count - Self.mostNamed) more gaps" : ""
        throw .incompleteSeries(
            path: slices[0].file.path,
            reason: "\(missing) of \(slices.count + missing) slices \(missing == 1 ? "is" : "are") missing: "
                + gaps.joined(separator: "; ") + more,
            advice: "send or export the series again, whole")
    }

    /// The step of which all others are multiples: the median, or the smallest one where so many slices are missing that it is rare;
    /// nil where there is none.
    private var usualStep: Double? {
        let sorted = steps.sorted()
        func explainsAll(_ usual: Double) -> Bool {
            let tolerance = DICOMTolerance.slicePosition(spacing: usual)
            return steps.allSatisfy { step in
                let multiple = (step / usual).rounded()
                return multiple >= 1 && abs(step - multiple * usual) <= tolerance * multiple
            }
        }
        if isOfTwoParts { return nil }
        let median = sorted[(sorted.count - 1) / 2]
        return [median, sorted[0]].first(where: explainsAll)
    }

    /// Whether narrow steps follow wide ones or the reverse, each a run of at least three: a series made with two spacings.
    private var isOfTwoParts: Bool {
        let tolerance = DICOMTolerance.slicePosition(spacing: steps.min() ?? 0)
        let changes = (0..<max(0, steps.count - 1)).filter { abs(steps[$0 + 1] - steps[$0]) > tolerance }
        return changes.count == 1 && changes[0] >= 2 && changes[0] <= steps.count - 4
    }

    private func refuseUneven(mean: Double) throws(Problem) {
        let tolerance = DICOMTolerance.slicePosition(spacing: mean)
        let isEven = slices.indices.allSatisfy { abs(slices[$0].offset - slices[0].offset - Double($0) * mean) <= tolerance }
        guard !isEven else { return }
        if let difference = interleaved([.decisive, .takingTurns, .hint]) { throw several(difference) }
        let usual = steps.sorted()[(steps.count - 1) / 2]
        let uneven = steps.indices.filter { abs(steps[$0] - usual) > DICOMTolerance.slicePosition(spacing: usual) }
        let named = uneven.prefix(Self.mostNamed).map {
            "\(Self.text(steps[$0])) mm between slices \($0 + 1) and \($0 + 2) (at \(Self.text(slices[$0].offset)) mm)"
        }
        let detail = uneven.isEmpty ? "" : "; most are \(Self.text(usual)) mm, but \(named.joined(separator: "; "))"
        throw fail(
            "the steps between its slices are uneven, from \(Self.text(steps.min() ?? 0)) to \(Self.text(steps.max() ?? 0)) mm\(detail)",
            "have it reconstructed with even steps, or give it as NIfTI resampled to them")
    }

    /// Slices must lie on the line along the normal: a tilt shifts them evenly, anything else one by one.
    private func refuseSideways() throws(Problem) {
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
                "its slices are tilted by \(Self.text(tilt)) degrees against the line they lie on (gantry tilt); "
                    + "the last of \(slices.count) is shifted by \(Self.text(shifts.last ?? 0)) mm",
                "have it reformatted without tilt on the scanner or workstation, or give it as NIfTI resampled so")
        }
        guard let worst = shifts.indices.max(by: { shifts[$0] < shifts[$1] }), shifts[worst] > limit else { return }
        throw fail(
            "slice \(worst + 1) at \(Self.text(slices[worst].offset)) mm is shifted sideways by \(Self.text(shifts[worst])) mm "
                + "(\(ForeignText.marked(slices[worst].file.path)))",
            "export the series again, or leave that slice out if it is none of it")
    }

    private func named(_ offsets: [Double]) -> String {
        let list = offsets.prefix(Self.mostNamed).map(Self.text).joined(separator: ", ")
        return offsets.count > Self.mostNamed ? "\(list) mm and \(offsets.count - Self.mostNamed) more positions" : "\(list) mm"
    }

    /// A length or angle, to a thousandth.
    static func text(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
    }
}
