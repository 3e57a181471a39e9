import Preprocessing
import Testing
import TestSupport

struct NonzeroRegionTests {
    private func box(_ values: [Float], _ shape: [Int], channels: Int = 1) -> [Range<Int>] {
        NonzeroRegion.boundingBox(values.span, channels: channels, shape: shape, team: team)
    }

    private func filled(_ mask: [UInt8], _ shape: [Int]) -> [UInt8] {
        var mask = mask
        var marks = mask.mutableSpan
        NonzeroRegion.fillHoles(&marks, shape: shape, team: team)
        return mask
    }

    @Test func `the box holds what is nonzero in any channel`() {
        var values = [Float](repeating: 0, count: 2 * 5 * 6 * 7)
        values[(1 * 6 + 2) * 7 + 3] = -4
        values[210 + (3 * 6 + 4) * 7 + 1] = .nan
        #expect(box(values, [5, 6, 7], channels: 2) == [1..<4, 2..<5, 1..<4])
    }

    @Test func `negative zero is zero, and an empty image keeps its extent`() {
        #expect(box([-0.0, 0, 0, 0, 0, 0], [1, 2, 3]) == [0..<1, 0..<2, 0..<3])
        #expect(box([-0.0, 0, 0, 0, 1, 0], [1, 2, 3]) == [0..<1, 1..<2, 1..<2])
    }

    @Test func `the inside of a hollow sphere is filled`() {
        var shell = [UInt8](repeating: 1, count: 125)
        shell[62] = 0
        #expect(filled(shell, [5, 5, 5]) == [UInt8](repeating: 1, count: 125))
    }

    @Test func `zeros leak out across faces but not across edges`() {
        var shell = [UInt8](repeating: 1, count: 125)
        shell[62] = 0
        var diagonal = shell
        // (1, 1, 2) and the border voxel (0, 0, 2) touch the centre only across edges.
        diagonal[(1 * 5 + 1) * 5 + 2] = 0
        diagonal[(0 * 5 + 0) * 5 + 2] = 0
        var closed = [UInt8](repeating: 1, count: 125)
        closed[(0 * 5 + 0) * 5 + 2] = 0
        #expect(filled(diagonal, [5, 5, 5]) == closed)
        var open = shell
        open[(2 * 5 + 2) * 5 + 3] = 0
        open[(2 * 5 + 2) * 5 + 4] = 0
        #expect(filled(open, [5, 5, 5]) == open)
    }
}
