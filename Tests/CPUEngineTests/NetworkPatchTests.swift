import CPUEngine
import Files
import Networks
import Tensors
import Testing

@Suite struct UNetArchitectureTests {
    private let small = UNetArchitecture(
        family: .plainConvUNet, inputChannels: 1, heads: 2, spatialDimensions: 3,
        encoder: .init(
            featuresPerStage: [4, 8], kernelSizes: [[3, 3, 3], [3, 3, 3]],
            strides: [[1, 1, 1], [1, 2, 2]], blocksPerStage: [1, 1]),
        decoderConvolutionsPerStage: [1])

    @Test func `a patch that is no multiple of the strides is refused`() {
        #expect(throws: Problem.unsupportedPatch([4, 4, 5], reason: "each size must be a multiple of [1, 2, 2]")) {
            _ = try Network(graph: try small.graph(), patch: [4, 4, 5], team: ThreadTeam(threadCount: 1))
        }
    }

    @Test func `lists that contradict each other are refused`() {
        var broken = small
        broken.decoderConvolutionsPerStage = []
        #expect(throws: Problem.self) { try broken.validate() }
    }
}
