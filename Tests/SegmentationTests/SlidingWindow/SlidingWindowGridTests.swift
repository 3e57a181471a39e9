import Files
import Preprocessing
import Segmentation
import Testing

struct SlidingWindowGridTests {
    @Test(arguments: [
        (110, 64, 0.5, [0, 23, 46]), (129, 128, 0.5, [0, 1]), (193, 128, 0.5, [0, 32, 65]),
        (300, 113, 0.5, [0, 47, 94, 140, 187]), (65, 64, 1.0, [0, 1]), (64, 64, 0.5, [0]),
    ])
    func `tiles are spread evenly between both ends, starts rounded half to even`(image: Int, tile: Int, step: Double, starts: [Int]) {
        #expect(slidingWindowStarts(image: image, tile: tile, stepSize: step) == starts)
    }

    @Test func `an odd voxel of padding goes behind the image`() throws {
        let grid = try SlidingWindowGrid(image: [13, 16, 20], patch: [16, 16, 16], stepSize: 0.5)
        #expect(grid.padding == [1, 0, 0])
        #expect(grid.tiles == [[-1, 0, 0], [-1, 0, 4]])
    }

    @Test func `tiles run along the last axis first`() throws {
        let grid = try SlidingWindowGrid(image: [5, 6, 4], patch: [4, 4, 4], stepSize: 1)
        #expect(grid.tiles == [[0, 0, 0], [0, 2, 0], [1, 0, 0], [1, 2, 0]])
    }

    @Test func `a 2D patch visits every slice and pads only inside it`() throws {
        let grid = try SlidingWindowGrid(image: [3, 4, 4], patch: [4, 6], stepSize: 0.5)
        #expect(grid.tiles == [[0, 0, -1], [1, 0, -1], [2, 0, -1]])
    }

    @Test(arguments: [0, -0.5, 1.01, .nan]) func `a step outside 0 to 1 is refused`(step: Double) {
        #expect(throws: Problem.self) { _ = try SlidingWindowGrid(image: [9, 9, 9], patch: [4, 4, 4], stepSize: step) }
    }

    @Test func `mirrorings are ordered by the number of axes, then by axis`() {
        #expect(mirroringCombinations([0, 1, 2]) == [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]])
        #expect(mirroringCombinations([0, 1]) == [[], [0], [1], [0, 1]])
        #expect(mirroringCombinations([2]) == [[], [2]])
        #expect(mirroringCombinations([]) == [[]])
    }
}
