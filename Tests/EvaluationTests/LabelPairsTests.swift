import Evaluation
import Testing
import TestSupport

struct LabelPairsTests {
    private func counts(_ confusion: Confusion) -> [Int] {
        [confusion.truePositives, confusion.falsePositives, confusion.falseNegatives, confusion.trueNegatives]
    }

    @Test func `every voxel is in one of four counts, for labels, regions and background`() throws {
        let pairs = try LabelPairs(labelMap([1, 2, 4], [0, 1, 1, 2, 2, 0, 3, 3]), labelMap([1, 2, 4], [0, 1, 2, 2, 0, 0, 0, 3]))
        #expect(counts(pairs.confusion(of: [1])) == [1, 1, 0, 6])
        #expect(counts(pairs.confusion(of: [2])) == [1, 1, 1, 5])
        #expect(counts(pairs.confusion(of: [1, 2])) == [3, 1, 0, 4])
        #expect(counts(pairs.confusion(of: [0])) == [2, 0, 2, 4])
        #expect(counts(pairs.confusion(of: [])) == [0, 0, 0, 8])
    }

    @Test func `voxels that the reference marks as unlabelled are in none`() throws {
        let pairs = try LabelPairs(labelMap([1, 1, 5], [1, 1, 0, 9, 0]), labelMap([1, 1, 5], [9, 1, 1, 0, 9]))
        #expect(counts(pairs.confusion(of: [1], ignoring: 9)) == [1, 0, 1, 1])
        #expect(counts(pairs.confusion(of: [9], ignoring: 9)) == [0, 1, 0, 2])
    }

    @Test func `labels above 255 are told from those below with the same low byte`() throws {
        let pairs = try LabelPairs(labelMap([1, 1, 5], [1, 257, 257, 65535, 1]), labelMap([1, 1, 5], [257, 257, 1, 65535, 1]))
        #expect(counts(pairs.confusion(of: [1])) == [1, 1, 1, 2])
        #expect(counts(pairs.confusion(of: [257])) == [1, 1, 1, 2])
        #expect(counts(pairs.confusion(of: [65535])) == [1, 0, 0, 4])
    }

    @Test func `maps without a voxel have nothing to count`() throws {
        let pairs = try LabelPairs(labelMap([0, 1, 1], []), labelMap([0, 1, 1], []))
        #expect(counts(pairs.confusion(of: [1])) == [0, 0, 0, 0])
    }
}
