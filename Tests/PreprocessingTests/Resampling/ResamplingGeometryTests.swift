import Files
import Preprocessing
import Testing

struct ResamplingGeometryTests {
    @Test func `halves of a voxel round to even`() throws {
        #expect(try resampledShape([5, 7, 9], from: [0.5, 0.5, 0.5], to: [1, 1, 1]) == [2, 4, 4])
        // 0.699999988079071 is a float32 spacing widened to double; 0.7/0.7 of it is not quite one voxel per voxel.
        #expect(
            try resampledShape([100, 333, 3], from: [0.699999988079071, 0.7, 2.5], to: [0.7, 0.699999988079071, 5]) == [100, 333, 2])
    }

    @Test func `an axis that vanishes is refused with both shapes`() {
        #expect(throws: Problem.emptyTarget(shape: [1, 9, 9], target: [0, 9, 9])) {
            _ = try resampledShape([1, 9, 9], from: [0.4, 1, 1], to: [1, 1, 1])
        }
    }

    @Test func `an absurd spacing is refused before memory is asked for`() {
        #expect(throws: Problem.tooLarge(what: "the resampled image", shape: [10, 10, 10])) {
            _ = try resampledShape([10, 10, 10], from: [1e30, 1, 1], to: [1e-3, 1, 1])
        }
        #expect(throws: Problem.tooLarge(what: "it", shape: [1 << 20, 1 << 20, 1])) {
            _ = try checkedCount([1 << 20, 1 << 20, 1], what: "it", bytes: 64)
        }
        #expect(throws: Problem.tooLarge(what: "it", shape: [1 << 40, 1 << 40])) {
            _ = try checkedCount([1 << 40, 1 << 40], what: "it")
        }
    }

    @Test(arguments: [
        ([5.0, 1, 1], [1.0, 1, 1], 0), ([3, 1, 1], [1, 1, 1], nil), ([3.01, 1, 1], [1, 1, 1], 0), ([1, 1, 1], [4, 1, 1], 0),
        ([1, 1, 9], [4, 1, 1], 2), ([1, 5, 5], [4, 1, 1], nil), ([0.24, 1.25, 1.25], [4, 1, 1], nil),
        ([5.0, 5.0000001, 1], [1, 1, 1], 1),
    ])
    func `an axis is separate above a ratio of three`(current: [Double], new: [Double], axis: Int?) {
        #expect(separateAxis(current: current, new: new, force: nil, threshold: 3) == axis)
    }

    @Test func `the plans may force the decision`() {
        #expect(separateAxis(current: [9, 1, 1], new: [1, 1, 1], force: false, threshold: 3) == nil)
        #expect(separateAxis(current: [1, 1.1, 1], new: [9, 1, 1], force: true, threshold: 3) == 1)
        #expect(separateAxis(current: [1, 1, 1], new: [9, 1, 1], force: true, threshold: 3) == nil)
    }

    @Test func `nearest along an axis takes the upper sample of two`() {
        #expect(AxisTaps.spline(order: 0, from: 6, to: 3).indices == [1, 3, 5])
        #expect(AxisTaps.spline(order: 0, from: 4, to: 2).indices == [1, 3])
        #expect(AxisTaps.spline(order: 0, from: 10, to: 6).indices == [0, 2, 4, 5, 7, 9])
        #expect(AxisTaps.torchNearest(from: 6, to: 3).indices == [1, 3, 5])
    }
}
