import Imaging
import Preprocessing
import Tensors
import Testing
import TestSupport

struct `The memory of a case` {
    private func memory(_ spacing: [Double], fill: (inout Buffer<Float>) -> Void) throws -> CaseMemory {
        var voxels = Buffer<Float>(repeating: 0, count: 2 * 8 * 8 * 8)
        fill(&voxels)
        let geometry = ImageGeometry(size: SIMD3(8, 8, 8), spacing: SIMD3(1, 1, 1), origin: SIMD3(0, 0, 0))
        let image = MultichannelImage(geometry: geometry, channelCount: 2, voxels: voxels)
        let preprocessor = Preprocessor(
            plans: try Models.plans(channels: 2), configuration: Models.configuration(schemes: [.none, .none], spacing: spacing),
            labels: try Models.plainLabels(3))
        return try preprocessor.memory(for: image, arraySpacing: [1, 1, 1], team: ThreadTeam(threadCount: 1))
    }

    @Test func `follows from shape, channels, spacing and labels`() throws {
        let memory = try memory([2, 1, 0.5]) { voxels in
            voxels[0] = 1
            voxels[2 * 512 - 1] = 1
        }
        #expect(memory.image == 2 * 512 * 4)
        #expect(memory.input == 2 * 512 * 4)  // half as many planes, twice as many columns
        #expect(memory.logits == 3 * 512 * 4)
        #expect(max(memory.preparation, memory.prediction) == 5 * 512 * 4)
        #expect(memory.networkShape == [4, 8, 16])
    }

    @Test func `is that of the part that is not zero`() throws {
        let memory = try memory([1, 1, 1]) { $0[100] = 1 }
        #expect(memory.image == 2 * 512 * 4)
        #expect(memory.input == 2 * 4)
        #expect(memory.logits == 3 * 4)
    }
}
