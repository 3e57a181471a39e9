package import Plans
import Preprocessing

/// Resamples one channel as the plans' function says.
package func resample(
    _ values: [Float], _ shape: [Int], to target: [Int], current: [Double] = [1, 1, 1], new: [Double] = [1, 1, 1],
    _ function: ResamplingFunction
) throws -> [Float] {
    let resampling = ImageResampling(function, from: shape, to: target, current: current, new: new)
    var result = [Float](repeating: .nan, count: resampling.outputShape.reduce(1, *))
    var destination = result.mutableSpan
    resampling.apply(values.span, &destination, team: team)
    return result
}
