import CPUEngine
import Files
import Networks
import Tensors
import Testing

/// A family that is not shipped: one more builder is all that it takes.
struct `A network of another family` {
    /// A U-Net whose decoder adds its skips behind a projection instead of joining them, and has a residual block of its own there.
    private static func addingUNet(deepSupervision: Bool = false) -> NetworkGraph {
        var builder = GraphBuilder(family: "AddingUNet", inputChannels: 2, spatialDimensions: 3)
        func block(_ name: String, _ input: NetworkGraph.TensorID, _ channels: Int, stride: [Int] = [1, 1, 1]) -> NetworkGraph.TensorID {
            let convolved = builder.convolution(
                name + ".conv", input, channels: channels, kernel: [3, 3, 3], stride: stride, hasBias: true)
            let normalized = builder.normalization(name + ".norm", convolved, .instance(epsilon: 1e-5, affine: true))
            return builder.activation(name + ".act", normalized, .leakyReLU(slope: 0.1))
        }
        let high = block("enc.0", builder.input, 12)
        let low = block("enc.1", block("enc.1a", high, 20, stride: [1, 2, 2]), 20)
        let up = builder.transposedConvolution("up", low, channels: 16, stride: [1, 2, 2], hasBias: false)
        let skip = builder.convolution("project", high, channels: 16, kernel: [1, 1, 1], stride: [1, 1, 1], hasBias: true)
        let sum = builder.activation("sum.act", builder.addition("sum", up, skip), .reLU)
        let inner = block("dec.0", sum, 16)
        let decoded = builder.addition("dec.sum", inner, sum)
        var heads = [builder.head("head", decoded, channels: 3)]
        if deepSupervision { heads.append(builder.head("head.low", low, channels: 3)) }
        return builder.graph(heads: heads)
    }

    @Test(arguments: [false, true]) func `is computed as its graph says`(deepSupervision: Bool) throws {
        let graph = Self.addingUNet(deepSupervision: deepSupervision), patch = [6, 20, 22]
        var numbers = SplitMix64(seed: 11)
        let input = numbers.values(graph.inputChannels * patch.reduce(1, *))
        let expected = try ReferenceNetwork(graph: graph).forward(input, patch: patch)
        for kernels in KernelSet.available {
            let network = try Network(graph: graph, patch: patch, team: ThreadTeam(threadCount: 2), kernels: kernels)
            var logits = [Float](repeating: .nan, count: expected.count)
            var span = logits.mutableSpan
            network.predict(input.span, weights: try network.prepare(RandomWeights()), logits: &span)
            let error = relativeError(logits, expected)
            #expect(error < 1e-5, "\(kernels.name)")
        }
    }

    @Test func `that this engine does not compute is refused by name`() throws {
        var builder = GraphBuilder(family: "Odd", inputChannels: 1, spatialDimensions: 2)
        let pooled = builder.averagePooling("pool", builder.input, window: [2, 2])
        let head = builder.head("head", pooled, channels: 2)
        let graph = builder.graph(heads: [head])
        let error = #expect(throws: Problem.self) { try Network(graph: graph, patch: [8, 8], team: ThreadTeam(threadCount: 1)) }
        #expect("\(try #require(error))".contains("the pooling pool of the image itself in the network Odd"))
    }
}
