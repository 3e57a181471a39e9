package import Files
package import Imaging

/// How often each pair of labels meets in two label maps of one case: all that nnU-Net's measures of overlap need, counted once.
package struct LabelPairs: Sendable {
    private struct Pair: Hashable {
        let reference: UInt16
        let prediction: UInt16
    }

    private let counts: [Pair: Int]

    /// Counts the pairs of two maps.
    ///
    /// - Parameters:
    ///   - prediction: the map that is judged.
    ///   - reference: the map that it is judged by.
    /// - Throws: `Problem.shapeMismatch` where the maps differ in size.
    package init(prediction: borrowing LabelMap, reference: borrowing LabelMap) throws(Problem) {
        let (expected, shape) = (reference.geometry.arrayShape, prediction.geometry.arrayShape)
        guard expected == shape else { throw .shapeMismatch(what: "the prediction", expected: expected, found: shape) }
        let (found, wanted) = (prediction.voxels.span, reference.voxels.span)
        // Labels come in runs; nearly all are below 256.
        var small = [Int](repeating: 0, count: 1 << 16), others: [Pair: Int] = [:]
        var (last, run): (UInt32, Int) = (0, 0)
        func note() {
            let (reference, prediction) = (UInt16(last >> 16), UInt16(truncatingIfNeeded: last))
            if reference | prediction < 256 {
                small[Int(reference) << 8 | Int(prediction)] += run
            } else {
                others[Pair(reference: reference, prediction: prediction), default: 0] += run
            }
        }
        for index in found.indices {
            let pair = UInt32(wanted[index]) << 16 | UInt32(found[index])
            if pair != last {
                note()
                (last, run) = (pair, 0)
            }
            run += 1
        }
        note()
        for (index, count) in small.enumerated() where count > 0 {
            others[Pair(reference: UInt16(index >> 8), prediction: UInt16(index & 255))] = count
        }
        counts = others
    }

    /// The confusion of one label, or of several that count together.
    ///
    /// - Parameters:
    ///   - values: the labels.
    ///   - ignored: voxels with this reference label are left out; nil for none.
    /// - Returns: the counts over all other voxels.
    package func confusion(of values: [Int], ignoring ignored: Int? = nil) -> Confusion {
        let values = Set(values)
        var confusion = Confusion()
        for (pair, count) in counts where ignored != Int(pair.reference) {
            switch (values.contains(Int(pair.reference)), values.contains(Int(pair.prediction))) {
            case (true, true): confusion.truePositives += count
            case (false, true): confusion.falsePositives += count
            case (true, false): confusion.falseNegatives += count
            case (false, false): confusion.trueNegatives += count
            }
        }
        return confusion
    }
}

/// Voxels by what prediction and reference say of them.
package struct Confusion: Sendable, Hashable {
    /// In both.
    package var truePositives = 0
    /// In the prediction alone.
    package var falsePositives = 0
    /// In the reference alone.
    package var falseNegatives = 0
    /// In neither.
    package var trueNegatives = 0

    /// Nothing counted yet.
    package init() {}

    /// 2·TP / (2·TP + FP + FN); NaN where neither has the label.
    package var dice: Double { ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives) }
    /// TP / (TP + FP + FN); NaN where neither has the label.
    package var intersectionOverUnion: Double { ratio(truePositives, truePositives + falsePositives + falseNegatives) }

    private func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? .nan : Double(part) / Double(whole) }
}
