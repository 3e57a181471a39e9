import CPUEngine
import Files
import Foundation
import Networks
import Tensors
import Testing

/// U-Mamba's networks, small, with widths that fill no vector and sequences of several chunks.
struct UMambaCase: Sendable, CustomTestStringConvertible {
    var name: String
    var network: UMambaArchitecture

    var testDescription: String { name }

    static func network(
        _ family: UMambaArchitecture.Family, features: [Int], kernels: [[Int]], strides: [[Int]], patch: [Int], inputs: Int = 1
    ) -> UMambaArchitecture {
        UMambaArchitecture(
            family: family,
            unet: UNetArchitecture(
                family: .plainConvUNet, inputChannels: inputs, heads: 3, spatialDimensions: patch.count,
                encoder: .init(
                    featuresPerStage: features, kernelSizes: kernels, strides: strides,
                    blocksPerStage: .init(repeating: 2, count: features.count)),
                decoderConvolutionsPerStage: .init(repeating: 2, count: features.count - 1)),
            patch: patch)
    }

    static func plane(_ family: UMambaArchitecture.Family, features: [Int], patch: [Int]) -> UMambaArchitecture {
        let count = features.count
        return network(
            family, features: features, kernels: .init(repeating: [3, 3], count: count),
            strides: [[1, 1]] + .init(repeating: [2, 2], count: count - 1), patch: patch, inputs: 2)
    }

    static let all: [UMambaCase] = [
        .init(name: "Bot 2D", network: plane(.bottleneck, features: [6, 10, 20], patch: [20, 28])),
        .init(name: "Enc 2D, odd", network: plane(.encoder, features: [8, 12, 24], patch: [72, 64])),
        .init(name: "Enc 2D, even", network: plane(.encoder, features: [8, 12, 20, 36], patch: [32, 48])),
        .init(
            name: "Bot 3D",
            network: network(
                .bottleneck, features: [5, 9, 17], kernels: [[1, 3, 3], [3, 3, 3], [3, 3, 3]],
                strides: [[1, 1, 1], [1, 2, 2], [2, 2, 2]],
                patch: [6, 16, 12])),
        .init(
            name: "Enc 3D",
            network: network(
                .encoder, features: [6, 12, 40], kernels: [[1, 3, 3], [3, 3, 3], [3, 3, 3]], strides: [[1, 1, 1], [2, 4, 4], [2, 2, 2]],
                patch: [12, 24, 16])),
    ]
}

struct `U-Mamba's networks` {
    @Test(arguments: UMambaCase.all) func `are computed as their graphs say`(_ example: UMambaCase) throws {
        let graph = try example.network.graph(), patch = example.network.patch
        var numbers = SplitMix64(seed: 12)
        let input = numbers.values(graph.inputChannels * patch.reduce(1, *))
        let expected = try ReferenceNetwork(graph: graph).forward(input, patch: patch)
        for kernels in KernelSet.available {
            for threads in [1, 3] {
                let network = try Network(graph: graph, patch: patch, team: ThreadTeam(threadCount: threads), kernels: kernels)
                let weights = try network.prepare(RandomWeights())
                let results = (0..<2).map { _ in
                    var logits = [Float](repeating: .nan, count: expected.count)
                    var span = logits.mutableSpan
                    network.predict(input.span, weights: weights, logits: &span)
                    return logits
                }
                let error = relativeError(results[0], expected), isRepeated = results[0] == results[1]
                // Rounding grows where a LayerNorm meets tokens of little variance.
                #expect(error < 5e-5, "\(kernels.name), \(threads) threads")
                #expect(isRepeated, "\(kernels.name), \(threads) threads")
            }
        }
    }

    @Test func `of channel tokens run only on their own patch`() throws {
        let network = UMambaCase.all[2].network
        let error = #expect(throws: Problem.self) {
            try Network(graph: network.graph(), patch: [64, 48], team: ThreadTeam(threadCount: 1))
        }
        #expect(try #require(error).description.contains("encoder.mamba_layers.3 was trained for 24 positions"))
    }

    /// The published module's own output on these numbers.
    @Test func `rest on a recurrence that is Mamba's`() throws {
        let layer = MambaLayer(tokens: .positions, width: 4)
        let tokens = (0..<5).map { row in (0..<4).map { cos(0.3 * Double(row * 4 + $0)) } }
        let network = ReferenceNetwork(graph: try UMambaCase.all[0].network.graph(), source: PublishedWeights())
        let outputs = try network.mamba("layer", tokens, layer, normalizes: false)
        let expected = [
            [-0.0025966, -0.0115251, 0.0176632, -0.0115658], [-0.0004259, -0.0019821, 0.0030171, -0.0019621],
            [-0.0390570, 0.0450424, -0.0198264, -0.0191236], [0.0056313, 0.0181350, -0.0293390, 0.0202194],
            [-0.0240904, -0.0017031, 0.0263169, -0.0327006],
        ]
        for (output, expected) in zip(outputs, expected) {
            #expect(zip(output, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        }
        let last = try network.mamba("layer", tokens, layer)[4]
        #expect(zip(last, [-0.0119975, -0.0124560, 0.0282811, -0.0245155]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    /// 0.3 sin(1 + i + 0.5 j), i counting the tensors; A and D as they are initialised.
    private struct PublishedWeights: WeightSource {
        private static let numbers = [
            "in_proj.weight": 2, "conv1d.weight": 3, "conv1d.bias": 4, "x_proj.weight": 5, "dt_proj.weight": 6, "dt_proj.bias": 7,
            "out_proj.weight": 8,
        ]

        func weight(_ name: String, shape: [Int]) throws(Problem) -> [Float] {
            let count = shape.reduce(1, *)
            if let number = Self.numbers.first(where: { name.hasSuffix("mamba." + $0.key) })?.value {
                return (0..<count).map { Float(0.3 * sin(1 + Double(number) + 0.5 * Double($0))) }
            }
            if name.hasSuffix("A_log") { return (0..<count).map { Float(log(Double($0 % 16 + 1))) } }
            return [Float](repeating: name.hasSuffix("norm.bias") ? 0 : 1, count: count)
        }

        func contains(_ name: String) -> Bool { true }
    }
}
