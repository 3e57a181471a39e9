/// The arithmetic of nnU-Net's training overlays, in the precision that numpy gives each step.
enum TrainingOverlay {
    /// nnU-Net's colour cycle by rank of a value within its slice; the lowest, normally the background, adds nothing.
    static let colors: [SIMD3<Double>] = cycle.map { color in
        SIMD3(Double(color >> 16 & 0xFF), Double(color >> 8 & 0xFF), Double(color & 0xFF))
    }

    private static let cycle: [UInt32] = [
        0x000000, 0x4363D8, 0xF58231, 0x3CB44B, 0xE6194B, 0x911EB4, 0xFFE119, 0xBFEF45, 0x42D4F4, 0xF032E6, 0x000075, 0x9A6324, 0x808000,
        0x800000, 0x469990,
    ]

    /// The slice with the largest mean, over labels, of the share of the label's voxels that lie on it; the first of equals, 0 without labels.
    static func mostLabelledSlice(_ survey: LabelSurvey, sliceCount: Int) -> Int {
        guard !survey.labels.isEmpty else { return 0 }
        var best = 0
        var highest = -Double.infinity
        for slice in 0..<sliceCount {
            let shares = survey.labels.map { Double($0.slices[2][slice]) / Double($0.voxelCount) }
            let mean = pairwiseSum(shares[...]) / Double(shares.count)
            if mean > highest {
                best = slice
                highest = mean
            }
        }
        return best
    }

    /// Adds numbers in numpy's order, on which the choice among nearly equal slices depends.
    static func pairwiseSum(_ values: ArraySlice<Double>) -> Double {
        if values.count < 8 { return values.reduce(0, +) }
        guard values.count <= 128 else {
            let half = values.count / 2
            let middle = values.startIndex + half - half % 8
            return pairwiseSum(values[..<middle]) + pairwiseSum(values[middle...])
        }
        var lanes = Array(values.prefix(8))
        var index = values.startIndex + 8
        while index + 8 <= values.endIndex {
            for lane in 0..<8 { lanes[lane] += values[index + lane] }
            index += 8
        }
        let sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
        return values[index...].reduce(sum, +)
    }

    /// RGB bytes of a slice: float32 throughout, only the colour is added in double precision.
    static func blend(_ grey: [Float], _ segmentation: [UInt16], present: [UInt16], intensity: Double) -> [UInt8] {
        let black = [UInt8](repeating: 0, count: 3 * grey.count)
        guard let low = grey.min(), let high = grey.max(), low.isFinite, grey.allSatisfy(\.isFinite), high > low else { return black }
        let range = high - low
        var additions: [UInt16: SIMD3<Double>] = [:]
        for (rank, value) in present.enumerated() { additions[value] = intensity * colors[rank] }
        var sums: [Float] = []
        sums.reserveCapacity(3 * grey.count)
        for index in grey.indices {
            let base = Double((grey[index] - low) / range * 255)
            let addition = additions[segmentation[index]] ?? .zero
            for channel in 0..<3 { sums.append(Float(base + addition[channel])) }
        }
        guard let largest = sums.max(), largest > 0 else { return black }
        return sums.map { UInt8($0 / largest * 255) }
    }
}
