import Files
import Networks
import Testing

struct `The graph of a U-Net` {
    private var network = UNetArchitecture(
        family: .residualEncoderUNet, inputChannels: 1, heads: 4, spatialDimensions: 3,
        encoder: .init(
            featuresPerStage: [8, 16, 16, 24], kernelSizes: [[1, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]],
            strides: [[1, 1, 1], [1, 2, 2], [2, 2, 2], [1, 1, 1]], blocksPerStage: [1, 2, 1, 1]),
        decoderConvolutionsPerStage: [1, 1, 1])

    @Test func `a skip has weights only where the channels change, behind a pooling where it is strided`() throws {
        let skips = try Set(network.graph().predictionWeights.map(\.name).filter { $0.contains(".skip.") && $0.hasSuffix(".conv.weight") })
        #expect(skips == ["encoder.stages.1.blocks.0.skip.1.conv.weight", "encoder.stages.3.blocks.0.skip.0.conv.weight"])
        #expect(try !network.graph().predictionWeights.contains { $0.name.contains(".skip.") && $0.name.hasSuffix(".conv.bias") })
    }

    @Test func `the decoder reads the upsampled channels and the skip's`() throws {
        #expect(try shape("decoder.transpconvs.0.weight") == [24, 16, 1, 1, 1])
        #expect(try shape("decoder.transpconvs.2.weight") == [16, 8, 1, 2, 2])
        #expect(try shape("decoder.stages.2.convs.0.conv.weight") == [8, 16, 1, 3, 3])
        #expect(try shape("decoder.seg_layers.2.weight") == [4, 8, 1, 1, 1])
        #expect(try shape("decoder.seg_layers.1.weight") == nil)
    }

    @Test func `normalisation, bias and stem decide which weights there are`() throws {
        var other = network
        other.block.normalization = .batch(epsilon: 1e-5, affine: false)
        other.block.convolutionBias = false
        other.encoder.stemChannels = 4
        let names = try Set(other.graph().predictionWeights.map(\.name))
        #expect(names.contains("encoder.stem.convs.0.norm.running_var"))
        #expect(!names.contains("encoder.stem.convs.0.norm.weight"))
        #expect(names.filter { $0.hasSuffix(".bias") } == ["decoder.seg_layers.2.bias"])
        #expect(names.contains("encoder.stages.0.blocks.0.skip.0.conv.weight"), "the stem has fewer channels than the first stage")
    }

    private func shape(_ name: String) throws -> [Int]? { try network.graph().predictionWeights.first { $0.name == name }?.shape }

    @Test func `has the logits of every resolution where training supervises them, and predicts by the last alone`() throws {
        let graph = try network.graph(deepSupervision: true)
        #expect(graph.heads.map { graph[$0].reduction } == [[1, 1, 1], [1, 2, 2], [2, 4, 4]])
        #expect(graph.heads.allSatisfy { graph[$0].channels == 4 })
        #expect(try graph.predictionWeights == network.graph().predictionWeights)
        #expect(graph.nodes.flatMap(graph.weights).contains { $0.name == "decoder.seg_layers.0.weight" })
    }

    @Test func `knows each tensor's channels and scale`() throws {
        let graph = try network.graph()
        #expect(graph.totalStride == [2, 4, 4])
        #expect(graph.stages.map(\.channels) == [8, 16, 16, 24])
        for node in graph.nodes {
            if case .addition = node.operation { #expect(graph[node.inputs[0]] == graph[node.inputs[1]]) }
        }
    }

    @Test func `is refused where its strides together are beyond any patch`() {
        var deep = network
        deep.encoder.featuresPerStage = [Int](repeating: 2, count: 20)
        deep.encoder.kernelSizes = [[Int]](repeating: [1, 1, 1], count: 20)
        deep.encoder.strides = [[Int]](repeating: [16, 16, 16], count: 20)
        deep.encoder.blocksPerStage = [Int](repeating: 1, count: 20)
        deep.decoderConvolutionsPerStage = [Int](repeating: 1, count: 19)
        #expect(throws: Problem.self) { try deep.graph() }
    }
}
