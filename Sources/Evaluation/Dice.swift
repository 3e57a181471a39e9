package import Files
package import Imaging

/// Dice's coefficient of one label or region in two label maps: 2·|A∩B| / (|A|+|B|); NaN when neither has it (nnU-Net's evaluation).
///
/// - Parameters:
///   - prediction: the map that is judged.
///   - reference: the map that it is judged by, of the same size.
///   - values: the label values that count together.
///   - ignored: voxels with this reference value are left out; nil for none.
/// - Throws: `Problem.shapeMismatch` where the maps differ in size.
/// - Returns: 0 to 1, or NaN.
package func diceCoefficient(
    _ prediction: borrowing LabelMap, _ reference: borrowing LabelMap, values: [Int], ignoring ignored: Int? = nil
) throws(Problem) -> Double {
    let (expected, shape) = (reference.geometry.arrayShape, prediction.geometry.arrayShape)
    guard expected == shape else { throw .shapeMismatch(what: "the prediction", expected: expected, found: shape) }
    var belongs = [Bool](repeating: false, count: Int(UInt16.max) + 1)
    for value in values where belongs.indices.contains(value) { belongs[value] = true }
    var (both, sum) = (0, 0)
    let (found, wanted) = (prediction.voxels.span, reference.voxels.span)
    for index in found.indices where ignored != Int(wanted[index]) {
        let (a, b) = (belongs[Int(found[index])], belongs[Int(wanted[index])])
        both += a && b ? 1 : 0
        sum += (a ? 1 : 0) + (b ? 1 : 0)
    }
    return sum == 0 ? .nan : 2 * Double(both) / Double(sum)
}
