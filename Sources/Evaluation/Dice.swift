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
    try LabelPairs(prediction, reference).confusion(of: values, ignoring: ignored)[.dice]
}
