import Plans
import Preprocessing
import Testing

/// Where nnU-Net's torch function and batchgenerators part ways on labels (specification 5.10, trap 24).
struct TorchLabelTieTests {
    @Test func `of equal scores torch takes the lowest label, batchgenerators the nearest`() throws {
        let torch = ResamplingFunction(kind: .torch, isSegmentation: true)
        #expect(try resampleLabels([0, 1, 2, 3], [1, 2, 2], to: [1, 3, 3], torch) == "001001223")
        #expect(try resampleLabels([3, 1, 1, 1, 2, 2, 2, 3], [2, 2, 2], to: [1, 1, 1], torch) == "1")
        let spline = ResamplingFunction(kind: .spline, isSegmentation: true, order: 1)
        #expect(try resampleLabels([0, 1, 2, 3], [1, 2, 2], to: [1, 3, 3], spline) == "011233233")
    }

    @Test func `the memory-saving function leaves background where no label has more than half`() throws {
        let torch = ResamplingFunction(kind: .torch, isSegmentation: true, memoryEfficientSegmentation: true)
        #expect(try resampleLabels([1, 2, 3, 4], [1, 2, 2], to: [1, 3, 3], torch) == "102000304")
    }
}
