import Networks
import Testing

struct `A U-Mamba network` {
    private func network(_ family: UMambaArchitecture.Family, dimensions: Int) -> UMambaArchitecture {
        let isVolume = dimensions == 3
        return UMambaArchitecture(
            family: family,
            unet: UNetArchitecture(
                family: .plainConvUNet, inputChannels: 1, heads: 3, spatialDimensions: dimensions,
                encoder: .init(
                    featuresPerStage: [4, 8, 16, 16],
                    kernelSizes: isVolume ? [[1, 3, 3]] + .init(repeating: [3, 3, 3], count: 3) : .init(repeating: [3, 3], count: 4),
                    strides: isVolume ? [[1, 1, 1], [1, 2, 2], [2, 2, 2], [2, 2, 2]] : [[1, 1]] + .init(repeating: [2, 2], count: 3),
                    blocksPerStage: [2, 2, 2, 2]),
                decoderConvolutionsPerStage: [2, 2, 2]),
            patch: isVolume ? [8, 16, 16] : [16, 16])
    }

    /// What U-Mamba's own classes count, every head included.
    @Test(arguments: [
        (UMambaArchitecture.Family.bottleneck, 3, 80_725), (.bottleneck, 2, 31_605), (.encoder, 3, 83_909), (.encoder, 2, 30_085),
    ])
    func `has as many weights as the original`(family: UMambaArchitecture.Family, dimensions: Int, expected: Int) throws {
        let graph = try network(family, dimensions: dimensions).graph(deepSupervision: true)
        #expect(graph.heads.count == 3)
        #expect(graph.nodes.flatMap(graph.weights).reduce(0) { $0 + $1.shape.reduce(1, *) } == expected)
    }

    @Test func `has Mamba layers behind every stage of a volume and every other one of a plane, up to the last`() {
        let volume = network(.encoder, dimensions: 3), plane = network(.encoder, dimensions: 2)
        let positions = MambaLayer(tokens: .positions, width: 4)
        #expect(
            (0..<4).map(volume.mambaLayer) == [
                positions, .init(tokens: .positions, width: 8), .init(tokens: .positions, width: 16), .init(tokens: .channels, width: 8),
            ])
        #expect((0..<4).map(plane.mambaLayer) == [nil, .init(tokens: .positions, width: 8), nil, .init(tokens: .channels, width: 4)])
        #expect((0..<4).map(network(.bottleneck, dimensions: 2).mambaLayer) == [nil, nil, nil, .init(tokens: .positions, width: 16)])
    }

    @Test(arguments: [
        (4, [2, 2, 1, 1], [2, 2, 1]), (5, [2, 2, 2, 1, 1], [2, 2, 2, 1]), (6, [2, 2, 2, 1, 1, 1], [2, 2, 2, 1, 1]),
        (7, [2, 2, 2, 2, 1, 1, 1], [2, 2, 2, 2, 1, 1]), (8, [2, 2, 2, 2, 1, 1, 1, 1], [2, 2, 2, 2, 1, 1, 1]),
    ])
    func `keeps one block in the lower half of its encoder and the higher half of its decoder`(
        stages: Int, encoder: [Int], decoder: [Int]
    ) {
        var unet = network(.bottleneck, dimensions: 2).unet
        unet.encoder.featuresPerStage = .init(repeating: 4, count: stages)
        unet.encoder.blocksPerStage = .init(repeating: 2, count: stages)
        unet.decoderConvolutionsPerStage = .init(repeating: 2, count: stages - 1)
        let network = UMambaArchitecture(family: .bottleneck, unet: unet, patch: [256, 256])
        #expect(network.blocksPerStage == encoder && network.decoderBlocksPerStage == decoder)
    }
}
