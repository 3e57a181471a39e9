import CPUEngine
import Networks
import Tensors
import Testing

struct `The layout of packed weights` {
    private static let example = NetworkCase.all[0]

    private func layout(
        _ architecture: UNetArchitecture = Self.example.architecture, patch: [Int] = Self.example.patch, threads: Int = 2,
        kernels: KernelSet = .best
    ) throws -> WeightLayout {
        try Network(graph: try architecture.graph(), patch: patch, team: ThreadTeam(threadCount: threads), kernels: kernels).weightLayout
    }

    @Test(arguments: NetworkCase.all) func `is the same for the same network`(example: NetworkCase) throws {
        #expect(try layout(example.architecture, patch: example.patch) == layout(example.architecture, patch: example.patch))
    }

    @Test func `differs for every instruction set`() throws {
        let layouts = try KernelSet.available.map { try layout(kernels: $0) }
        #expect(Set(layouts).count == KernelSet.available.count)
    }

    @Test func `differs for another patch`() throws {
        #expect(try layout() != layout(patch: [12, 16, 24]))
    }

    @Test func `differs where threads change how a layer is computed`() throws {
        let large = UNetArchitecture(
            family: .plainConvUNet, inputChannels: 1, heads: 2, spatialDimensions: 3,
            encoder: .init(
                featuresPerStage: [32, 64], kernelSizes: [[3, 3, 3], [3, 3, 3]],
                strides: [[1, 1, 1], [2, 2, 2]], blocksPerStage: [2, 2]),
            decoderConvolutionsPerStage: [2])
        #expect(try layout(large, patch: [48, 48, 48], threads: 1) != layout(large, patch: [48, 48, 48], threads: 64))
    }

    @Test(
        arguments: [
            { $0.heads = 4 }, { $0.block.convolutionBias = false }, { $0.encoder.blocksPerStage = [2, 2, 3] },
            { $0.block.normalization = .batch(epsilon: 1e-5, affine: true) },
            { $0.block.normalization = .batch(epsilon: 1e-3, affine: true) },
            { $0.block.normalization = .instance(epsilon: 1e-5, affine: false) }, { $0.block.normalization = nil },
        ] as [@Sendable (inout UNetArchitecture) -> Void])
    func `differs for another architecture`(change: @Sendable (inout UNetArchitecture) -> Void) throws {
        var other = Self.example.architecture
        change(&other)
        #expect(try layout() != layout(other))
    }

    @Test func `differs for batch normalisations of different epsilon`() throws {
        var (one, two) = (Self.example.architecture, Self.example.architecture)
        one.block.normalization = .batch(epsilon: 1e-5, affine: true)
        two.block.normalization = .batch(epsilon: 1e-3, affine: true)
        #expect(try layout(one) != layout(two))
    }

    @Test func `says what is computed and how in the words that entries on disk were made with`() {
        let convolution = Convolution(
            inputChannels: [3], outputChannels: 4, input: [5, 6, 7], kernel: [3, 3, 3],
            upsampling: Upsampling(factors: [1, 2, 2], channels: 8))
        let method = ConvolutionMethod(
            kind: .winograd(depth: .four, plane: .two), isShared: true, transformsWeights: true, brick: [1, 3, 5], rows: 9)
        #expect(
            convolution.layoutText
                == "Convolution(inputChannels: [3], outputChannels: 4, input: [5, 6, 7], kernel: [3, 3, 3], stride: [1, 1, 1], "
                + "isTransposed: false, upsampling: Optional(Tensors.Upsampling(factors: [1, 2, 2], channels: 8)), "
                + "hasPlainInput: false, hasPlainOutput: false)")
        #expect(
            method.layoutText
                == "ConvolutionMethod(kind: Tensors.ConvolutionMethod.Kind.winograd(depth: 4, plane: 2), isShared: true, "
                + "transformsWeights: true, block: [1, 3, 5], rows: 9)")
    }

    @Test func `leaves no property out of these words`() {
        let convolution = Convolution(inputChannels: [3], outputChannels: 4, input: [5, 6, 7], kernel: [3, 3, 3])
        let method = ConvolutionMethod(kind: .direct, isShared: false, brick: [1, 3, 5], rows: 9)
        #expect(Mirror(reflecting: convolution).children.count == convolution.layoutText.count { $0 == ":" })
        #expect(Mirror(reflecting: method).children.count == method.layoutText.count { $0 == ":" })
        #expect(Mirror(reflecting: Upsampling(factors: [1], channels: 1)).children.count == 2)
    }
}
