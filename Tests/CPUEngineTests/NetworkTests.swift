import CPUEngine
import Networks
import Tensors
import Testing

/// A small network and what is special about it.
struct NetworkCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var architecture: UNetArchitecture
    var patch: [Int]

    static let all: [NetworkCase] = [
        NetworkCase(
            testDescription: "plain 3D",
            architecture: UNetArchitecture(
                family: .plainConvUNet, inputChannels: 1, heads: 3, spatialDimensions: 3,
                encoder: .init(
                    featuresPerStage: [8, 16, 24], kernelSizes: .init(repeating: [3, 3, 3], count: 3),
                    strides: [[1, 1, 1], [2, 2, 2], [2, 2, 2]], blocksPerStage: [2, 2, 2]),
                decoderConvolutionsPerStage: [2, 2]),
            patch: [12, 16, 20]),
        NetworkCase(
            testDescription: "anisotropic kernels, four channels, no bias",
            architecture: UNetArchitecture(
                family: .plainConvUNet, inputChannels: 4, heads: 2, spatialDimensions: 3,
                encoder: .init(
                    featuresPerStage: [5, 19, 33], kernelSizes: [[1, 3, 3], [3, 3, 3], [3, 3, 3]],
                    strides: [[1, 1, 1], [1, 2, 2], [2, 2, 1]], blocksPerStage: [2, 1, 2]),
                decoderConvolutionsPerStage: [1, 2], block: .init(convolutionBias: false)),
            patch: [6, 20, 18]),
        NetworkCase(
            testDescription: "plain 2D with ReLU",
            architecture: UNetArchitecture(
                family: .plainConvUNet, inputChannels: 2, heads: 20, spatialDimensions: 2,
                encoder: .init(
                    featuresPerStage: [17, 32, 40], kernelSizes: .init(repeating: [3, 3], count: 3),
                    strides: [[1, 1], [2, 2], [2, 2]], blocksPerStage: [2, 2, 2]),
                decoderConvolutionsPerStage: [2, 2], block: .init(nonlinearity: .reLU)),
            patch: [44, 52]),
        NetworkCase(
            testDescription: "residual encoder",
            architecture: UNetArchitecture(
                family: .residualEncoderUNet, inputChannels: 1, heads: 3, spatialDimensions: 3,
                encoder: .init(
                    featuresPerStage: [8, 16, 16], kernelSizes: .init(repeating: [3, 3, 3], count: 3),
                    strides: [[1, 1, 1], [2, 2, 2], [1, 2, 2]], blocksPerStage: [1, 2, 2]),
                decoderConvolutionsPerStage: [1, 1]),
            patch: [10, 12, 20]),
        NetworkCase(
            testDescription: "residual encoder with its own stem width and a channel change without stride",
            architecture: UNetArchitecture(
                family: .residualEncoderUNet, inputChannels: 2, heads: 2, spatialDimensions: 2,
                encoder: .init(
                    featuresPerStage: [12, 20], kernelSizes: [[3, 3], [5, 5]],
                    strides: [[1, 1], [2, 2]], blocksPerStage: [2, 2], stemChannels: 7),
                decoderConvolutionsPerStage: [2]),
            patch: [22, 26]),
        NetworkCase(
            testDescription: "bottleneck blocks",
            architecture: UNetArchitecture(
                family: .residualEncoderUNet, inputChannels: 1, heads: 3, spatialDimensions: 3,
                encoder: .init(
                    featuresPerStage: [16, 24, 24], kernelSizes: .init(repeating: [3, 3, 3], count: 3),
                    strides: [[1, 1, 1], [2, 2, 2], [1, 2, 2]], blocksPerStage: [1, 2, 2], stemChannels: 8, bottleneckChannels: [4, 6, 8]),
                decoderConvolutionsPerStage: [1, 1], block: .init(convolutionBias: false)),
            patch: [10, 12, 20]),
        NetworkCase(
            testDescription: "residual decoder",
            architecture: UNetArchitecture(
                family: .residualUNet, inputChannels: 2, heads: 2, spatialDimensions: 2,
                encoder: .init(
                    featuresPerStage: [12, 20], kernelSizes: [[3, 3], [5, 5]], strides: [[1, 1], [2, 2]], blocksPerStage: [2, 2]),
                decoderConvolutionsPerStage: [2]),
            patch: [22, 26]),
        NetworkCase(
            testDescription: "batch normalisation",
            architecture: UNetArchitecture(
                family: .plainConvUNet, inputChannels: 1, heads: 2, spatialDimensions: 3,
                encoder: .init(
                    featuresPerStage: [8, 20], kernelSizes: [[3, 3, 3], [3, 3, 3]],
                    strides: [[1, 1, 1], [2, 2, 2]], blocksPerStage: [2, 2]),
                decoderConvolutionsPerStage: [2], block: .init(normalization: .batch(epsilon: 1e-5, affine: true))),
            patch: [10, 14, 10]),
        NetworkCase(
            testDescription: "activation before normalisation",
            architecture: UNetArchitecture(
                family: .plainConvUNet, inputChannels: 1, heads: 2, spatialDimensions: 3,
                encoder: .init(
                    featuresPerStage: [8, 20], kernelSizes: [[3, 3, 3], [3, 3, 3]],
                    strides: [[1, 1, 1], [2, 2, 2]], blocksPerStage: [2, 2]),
                decoderConvolutionsPerStage: [2],
                block: .init(normalization: .instance(epsilon: 1e-5, affine: false), nonlinearityFirst: true)),
            patch: [12, 10, 14]),
        NetworkCase(
            testDescription: "no normalisation, kernels of 5, stride 3",
            architecture: UNetArchitecture(
                family: .plainConvUNet, inputChannels: 3, heads: 2, spatialDimensions: 3,
                encoder: .init(
                    featuresPerStage: [6, 10], kernelSizes: [[1, 5, 5], [3, 1, 5]],
                    strides: [[1, 1, 1], [1, 3, 2]], blocksPerStage: [1, 2]),
                decoderConvolutionsPerStage: [1], block: .init(normalization: nil)),
            patch: [3, 15, 14]),
        // Large enough that outputs follow their inputs through one memory and the decoder upsamples slab by slab.
        NetworkCase(
            testDescription: "large plain 3D",
            architecture: UNetArchitecture(
                family: .plainConvUNet, inputChannels: 1, heads: 2, spatialDimensions: 3,
                encoder: .init(
                    featuresPerStage: [8, 6], kernelSizes: [[3, 3, 3], [1, 3, 3]],
                    strides: [[1, 1, 1], [2, 2, 2]], blocksPerStage: [2, 2]),
                decoderConvolutionsPerStage: [2]),
            patch: [38, 64, 62]),
        NetworkCase(
            testDescription: "large plain 3D upsampled in the plane, batch normalisation",
            architecture: UNetArchitecture(
                family: .plainConvUNet, inputChannels: 1, heads: 2, spatialDimensions: 3,
                encoder: .init(
                    featuresPerStage: [8, 12], kernelSizes: [[3, 3, 3], [3, 3, 3]],
                    strides: [[1, 1, 1], [1, 2, 2]], blocksPerStage: [1, 1]),
                decoderConvolutionsPerStage: [1], block: .init(normalization: .batch(epsilon: 1e-5, affine: true))),
            patch: [26, 68, 70]),
        NetworkCase(
            testDescription: "large residual encoder",
            architecture: UNetArchitecture(
                family: .residualEncoderUNet, inputChannels: 1, heads: 2, spatialDimensions: 3,
                encoder: .init(
                    featuresPerStage: [8, 6], kernelSizes: [[3, 3, 3], [3, 3, 3]],
                    strides: [[1, 1, 1], [1, 2, 2]], blocksPerStage: [1, 1]),
                decoderConvolutionsPerStage: [2]),
            patch: [38, 60, 64]),
    ]
}

/// The largest difference in units of the largest expected value; infinite where a value is not a number.
func relativeError(_ values: [Float], _ expected: [Double]) -> Double {
    let largest = expected.reduce(0) { max($0, abs($1)) }
    guard values.count == expected.count else { return .infinity }
    return zip(values, expected).reduce(0) { $1.0.isNaN ? .infinity : max($0, abs(Double($1.0) - $1.1) / largest) }
}

@Suite struct NetworkTests {
    @Test(arguments: NetworkCase.all)
    func `the engine agrees with a float64 network in plain loops`(_ example: NetworkCase) throws {
        var numbers = SplitMix64(seed: 7)
        let input = numbers.values(example.architecture.inputChannels * example.patch.reduce(1, *))
        let expected = try ReferenceNetwork(graph: example.architecture.graph()).forward(input, patch: example.patch)
        for kernels in KernelSet.available {
            for threads in [1, 3] {
                let network = try Network(
                    graph: try example.architecture.graph(), patch: example.patch, team: ThreadTeam(threadCount: threads), kernels: kernels)
                let weights = try network.prepare(RandomWeights())
                var logits = [Float](repeating: .nan, count: expected.count)
                for _ in 0..<2 {
                    var span = logits.mutableSpan
                    network.predict(input.span, weights: weights, logits: &span)
                    let error = relativeError(logits, expected)
                    #expect(error < 1e-5, "\(kernels.name), \(threads) threads")
                }
            }
        }
    }

    @Test func `the networks above upsample in every way`() throws {
        var methods: Set<String> = []
        for example in NetworkCase.all {
            let network = try Network(graph: try example.architecture.graph(), patch: example.patch, team: ThreadTeam(threadCount: 1))
            let input = [Float](repeating: 0, count: network.inputShape.reduce(1, *))
            var logits = [Float](repeating: 0, count: network.outputShape.reduce(1, *))
            var span = logits.mutableSpan
            let layers = network.profile(input.span, weights: try network.prepare(RandomWeights()), logits: &span)
            methods.formUnion(layers.map(\.method))
        }
        for way in ["transposed", "transposed shared", "transposed + winograd", "upsampled winograd 1", "upsampled winograd 4"] {
            #expect(methods.contains { $0.hasPrefix(way) }, "\(way)")
        }
    }

    @Test func `a large plain network holds two tensors of its first stage at a time`() throws {
        let architecture = UNetArchitecture(
            family: .plainConvUNet, inputChannels: 1, heads: 2, spatialDimensions: 3,
            encoder: .init(
                featuresPerStage: [32, 48], kernelSizes: .init(repeating: [3, 3, 3], count: 2),
                strides: [[1, 1, 1], [2, 2, 2]], blocksPerStage: [2, 2]),
            decoderConvolutionsPerStage: [2])
        let network = try Network(graph: try architecture.graph(), patch: [64, 96, 96], team: ThreadTeam(threadCount: 1))
        let tensor = 4 * 32 * 64 * 96 * 96
        #expect(network.memoryFootprint < 2 * tensor)
    }

    @Test func `runs again give the same bits, whichever thread takes which item`() throws {
        let example = NetworkCase.all[0]
        var numbers = SplitMix64(seed: 8)
        let input = numbers.values(example.architecture.inputChannels * example.patch.reduce(1, *))
        var results: [[Float]] = []
        for _ in 0..<3 {
            let network = try Network(graph: try example.architecture.graph(), patch: example.patch, team: ThreadTeam(threadCount: 4))
            var logits = [Float](repeating: 0, count: network.outputShape.reduce(1, *))
            var span = logits.mutableSpan
            network.predict(input.span, weights: try network.prepare(RandomWeights()), logits: &span)
            results.append(logits)
        }
        #expect(results[0] == results[1] && results[1] == results[2])
    }

    @Test func `the profile names every layer and gives the same logits`() throws {
        let example = NetworkCase.all[0]
        var numbers = SplitMix64(seed: 9)
        let input = numbers.values(example.architecture.inputChannels * example.patch.reduce(1, *))
        let network = try Network(graph: try example.architecture.graph(), patch: example.patch, team: ThreadTeam(threadCount: 2))
        let weights = try network.prepare(RandomWeights())
        var plain = [Float](repeating: 0, count: network.outputShape.reduce(1, *)), profiled = plain
        var span = plain.mutableSpan
        network.predict(input.span, weights: weights, logits: &span)
        span = profiled.mutableSpan
        let layers = network.profile(input.span, weights: weights, logits: &span)
        #expect(plain == profiled)
        #expect(layers.map(\.name).contains("decoder.transpconvs.0"))
        #expect(layers.count == 13)
        #expect(layers.allSatisfy { $0.seconds > 0 && $0.gigaflop > 0 && $0.bytes > 0 })
    }
}
