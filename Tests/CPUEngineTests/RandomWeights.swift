import Tensors
import Files
import Networks

extension SplitMix64 {
    mutating func values(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }
}

/// Weights made from their names, of the size training gives them.
struct RandomWeights: WeightSource {
    func weight(_ name: String, shape: [Int]) throws(Problem) -> [Float] {
        var numbers = SplitMix64(seed: name.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
        let count = shape.reduce(1, *)
        if name.hasSuffix("running_var") { return numbers.values(count, in: 0.2...2) }
        if shape.count == 1 { return numbers.values(count).map { name.hasSuffix("norm.weight") ? 1 + 0.3 * $0 : 0.3 * $0 } }
        let width = (2.0 / Float(max(1, count / max(1, shape[0])))).squareRoot() * 1.7
        return numbers.values(count, in: -width...width)
    }

    func contains(_ name: String) -> Bool { true }
}
