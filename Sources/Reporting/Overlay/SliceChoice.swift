/// Which slices tell most about a result.
package struct SliceChoice {
    /// Voxels of each label on each slice across one index axis: `counts[label][slice]`.
    private let counts: [[Int]]
    private let largest: [Double]
    private let sliceCount: Int

    /// Looks across index axis 0, 1 or 2.
    package init(_ survey: LabelSurvey, axis: Int, sliceCount: Int) {
        counts = survey.labels.map { $0.slices[axis] }
        largest = counts.map { Double($0.max() ?? 1) }
        self.sliceCount = sliceCount
    }

    /// The slices that hold any label, ascending.
    package var occupied: [Int] { (0..<sliceCount).filter { slice in counts.contains { $0[slice] > 0 } } }

    /// The slice on which the labels together are seen best: the largest sum, over labels, of the root of the share that the slice's
    /// area has of the label's largest area. The root favours a slice with several labels over one with the whole of a single one.
    /// The middle slice when there are no labels.
    package var mostTelling: Int {
        guard let first = occupied.first, let last = occupied.last else { return (sliceCount - 1) / 2 }
        return best(of: first...last, weights: Array(repeating: 1, count: counts.count))
    }

    /// `number` slices spread evenly over those that hold labels, ascending. From each of `number` equal parts the most telling is
    /// taken, where a label that no earlier part has shown counts four times and slices at the ends of a part count half.
    /// Without labels, evenly over the whole stack.
    package func spread(_ number: Int) -> [Int] {
        let pool = occupied.isEmpty ? Array(0..<sliceCount) : occupied
        let number = min(number, pool.count)
        var weights = Array(repeating: 4.0, count: counts.count)
        return (0..<number).map { part in
            let candidates = pool[part * pool.count / number..<(part + 1) * pool.count / number]
            let slice = best(of: candidates, weights: weights)
            for label in counts.indices where counts[label][slice] > 0 { weights[label] = 1 }
            return slice
        }
    }

    /// The slice with the highest score, the middle one when none has any.
    private func best(of slices: some RandomAccessCollection<Int>, weights: [Double]) -> Int {
        let middle = Double(slices.count - 1) / 2
        var best = slices[slices.index(slices.startIndex, offsetBy: (slices.count - 1) / 2)]
        var highest = 0.0
        for (position, slice) in slices.enumerated() {
            var score = 0.0
            for label in counts.indices where counts[label][slice] > 0 {
                score += weights[label] * (Double(counts[label][slice]) / largest[label]).squareRoot()
            }
            score *= 1 - 0.5 * abs(Double(position) - middle) / max(middle, 1)
            if score > highest + 1e-9 {
                best = slice
                highest = score
            }
        }
        return best
    }
}
