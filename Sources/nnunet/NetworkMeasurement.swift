import CPUEngine
import Tensors

/// The wall times of a network's passes over one patch of noise.
struct NetworkMeasurement {
    /// Of the first pass, which touches all memory, s.
    let firstSeconds: Double
    /// Of each counted pass, s.
    let seconds: [Double]
    /// The layers of a further pass, measured one by one.
    let layers: [LayerTiming]

    init(network: Network, weights: NetworkWeights, repetitions: Int) {
        var input = FloatBuffer(repeating: 0, count: network.inputShape.reduce(1, *))
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for index in 0..<input.count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            input[index] = Float(Int64(bitPattern: state) >> 40) / 0x80_0000
        }
        var logits = FloatBuffer(repeating: 0, count: network.outputShape.reduce(1, *))
        let clock = ContinuousClock()
        var seconds: [Double] = []
        for _ in 0...repetitions {
            let time = clock.measure {
                var span = logits.mutableSpan
                network.predict(input.span, weights: weights, logits: &span)
            }
            seconds.append(time / .seconds(1))
        }
        firstSeconds = seconds.removeFirst()
        self.seconds = seconds
        var span = logits.mutableSpan
        layers = network.profile(input.span, weights: weights, logits: &span)
    }

    /// The shortest pass, s.
    var minimum: Double { seconds.min() ?? .nan }

    /// The middle pass, s; between the two middle ones of an even number.
    var median: Double {
        let sorted = seconds.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// Billions of multiplications and additions of one pass, counted as direct convolution.
    var gigaflop: Double { layers.reduce(0) { $0 + $1.gigaflop } }
}
