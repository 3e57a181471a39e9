package import Files
package import Imaging

/// On how many voxels each pair of a reference label and a predicted label lies: all that labels, regions and an ignore label need of two
/// maps, counted in one pass over both.
package struct LabelPairs: Sendable {
    /// Each pair that occurs, and its voxels.
    private let counts: [(reference: UInt16, prediction: UInt16, voxels: Int)]

    /// Counts the pairs of two maps.
    ///
    /// - Parameters:
    ///   - prediction: the map that is judged.
    ///   - reference: the map that it is judged by, of the same size.
    /// - Throws: `Problem.shapeMismatch` where the maps differ in size.
    package init(_ prediction: borrowing LabelMap, _ reference: borrowing LabelMap) throws(Problem) {
        let (expected, shape) = (reference.geometry.arrayShape, prediction.geometry.arrayShape)
        guard expected == shape else { throw .shapeMismatch(what: "the prediction", expected: expected, found: shape) }
        var table = PairTable()
        let (found, wanted) = (prediction.voxels.span, reference.voxels.span)
        var (pair, start) = (UInt32(0), 0)
        // Neighbours mostly have the same pair: what is added is the length of a run, not every voxel. Both spans have `indices`.
        for index in found.indices {
            let next = UInt32(wanted[unchecked: index]) << 16 | UInt32(found[unchecked: index])
            if next != pair {
                table.add(index - start, to: pair)
                (pair, start) = (next, index)
            }
        }
        table.add(found.count - start, to: pair)
        counts = table.counts
    }

    /// The voxels that a label or a region has in both maps, in one of them, in none (nnU-Net's `compute_tp_fp_fn_tn`).
    ///
    /// - Parameters:
    ///   - values: the label values that count together.
    ///   - ignored: voxels with this reference value are left out; nil for none.
    /// - Returns: the four counts, whose sum is the number of voxels that are not left out.
    package func confusion(of values: [Int], ignoring ignored: Int? = nil) -> Confusion {
        let members = Set(values)
        var result = Confusion()
        for (reference, prediction, voxels) in counts where Int(reference) != ignored {
            switch (members.contains(Int(reference)), members.contains(Int(prediction))) {
            case (true, true): result.truePositives += voxels
            case (false, true): result.falsePositives += voxels
            case (true, false): result.falseNegatives += voxels
            case (false, false): result.trueNegatives += voxels
            }
        }
        return result
    }
}

/// Voxels by pair; the reference label is the upper half of a pair.
private struct PairTable {
    /// Of pairs whose labels are both below 256: nearly all there are.
    private var small = [Int](repeating: 0, count: 1 << 16)
    private var large: [UInt32: Int] = [:]

    mutating func add(_ voxels: Int, to pair: UInt32) {
        if pair & 0xFF00_FF00 == 0 {
            small[Int(pair >> 8 | pair & 0xFF)] += voxels
        } else {
            large[pair, default: 0] += voxels
        }
    }

    var counts: [(reference: UInt16, prediction: UInt16, voxels: Int)] {
        small.indices.filter { small[$0] > 0 }.map { (UInt16($0 >> 8), UInt16($0 & 0xFF), small[$0]) }
            + large.map { (UInt16($0.key >> 16), UInt16($0.key & 0xFFFF), $0.value) }
    }
}
