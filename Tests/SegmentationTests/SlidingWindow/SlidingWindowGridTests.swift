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
        #expect(StripPlan(grid).list.map(\.starts) == [[[-1, 0, 0], [-1, 0, 4]]])
    }

    @Test func `strips lie along x and follow each other along the axis on which fewer rows are held`() throws {
        let long = StripPlan(try SlidingWindowGrid(image: [9, 6, 4], patch: [4, 4, 4], stepSize: 1))
        #expect(long.outerAxis == 0)
        #expect(long.list.flatMap(\.starts) == [[0, 0, 0], [0, 2, 0], [2, 0, 0], [2, 2, 0], [5, 0, 0], [5, 2, 0]])
        let wide = StripPlan(try SlidingWindowGrid(image: [5, 16, 4], patch: [4, 4, 4], stepSize: 1))
        #expect(wide.outerAxis == 1)
        #expect(wide.list.prefix(4).flatMap(\.starts) == [[0, 0, 0], [1, 0, 0], [0, 4, 0], [1, 4, 0]])
    }

    @Test(
        arguments: [
            ([30, 20, 9], [8, 8, 8]), ([20, 30, 9], [8, 6, 4]), ([5, 5, 5], [8, 8, 8]), ([1, 1, 1], [4, 4, 4]), ([7, 20, 9], [8, 8]),
        ], [0.25, 0.5, 1])
    func `final rows cover the case once, and no later tile reaches them`(sizes: (image: [Int], patch: [Int]), step: Double) throws {
        let grid = try SlidingWindowGrid(image: sizes.image, patch: sizes.patch, stepSize: step)
        let plan = StripPlan(grid)
        let patch = sizes.patch.count == 2 ? [1] + sizes.patch : sizes.patch
        let (outerAxis, innerAxis) = (plan.outerAxis, 1 - plan.outerAxis)
        var covered: Set<[Int]> = []
        for (index, strip) in plan.list.enumerated() {
            for outer in strip.rows.outer {
                for inner in strip.rows.inner {
                    #expect(covered.insert([outer, inner]).inserted)
                    for later in plan.list[(index + 1)...] {
                        let start = later.starts[0]
                        let reaches =
                            (start[outerAxis]..<start[outerAxis] + patch[outerAxis]).contains(outer)
                            && (start[innerAxis]..<start[innerAxis] + patch[innerAxis]).contains(inner)
                        #expect(!reaches)
                    }
                }
            }
        }
        #expect(covered.count == sizes.image[0] * sizes.image[1])
        #expect(plan.heldRows <= covered.count)
    }

    @Test func `a longer case holds no more rows`() throws {
        let plans = try [256, 512, 1024].map {
            StripPlan(try SlidingWindowGrid(image: [$0, 256, 256], patch: [128, 128, 128], stepSize: 0.5))
        }
        #expect(Set(plans.map(\.heldRows)).count == 1)
        // Half a patch of whole slices, and half of the slices behind.
        #expect(plans[0].heldRows < 104 * 256)
    }

    @Test func `a 2D patch visits every slice and pads only inside it`() throws {
        let grid = try SlidingWindowGrid(image: [3, 4, 4], patch: [4, 6], stepSize: 0.5)
        #expect(StripPlan(grid).list.map(\.starts) == [[[0, 0, -1]], [[1, 0, -1]], [[2, 0, -1]]])
    }

    @Test func `tiles without number are counted, not listed, and lie a voxel apart at least`() throws {
        let plan = StripPlan(try SlidingWindowGrid(image: [600, 600, 600], patch: [128, 128, 128], stepSize: 1 / 128))
        #expect(plan.list.count == 473 * 473 && plan.list[0].starts.count == 473)
        #expect(throws: Problem.self) { try SlidingWindowGrid(image: [600, 600, 600], patch: [128, 128, 128], stepSize: 0.001) }
        #expect(throws: Never.self) { try SlidingWindowGrid(image: [6, 600, 600], patch: [1, 128, 128], stepSize: 0.5) }
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
