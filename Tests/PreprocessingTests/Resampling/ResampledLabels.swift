import Plans
import Preprocessing
import Tensors
import TestSupport

/// Resamples labels as the plans' function says; the digits of the result in C order.
func resampleLabels(
    _ labels: [Int32], _ shape: [Int], to target: [Int], current: [Double] = [1, 1, 1], _ function: ResamplingFunction
) throws -> String {
    let resampling = LabelResampling(function, from: shape, to: target, current: current, new: [1, 1, 1])
    var result = [Int32](repeating: -9, count: target.reduce(1, *))
    var destination = result.mutableSpan
    resampling.apply(labels.span, &destination, team: team)
    return result.map(String.init).joined()
}
