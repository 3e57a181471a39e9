import Plans
import Segmentation
import Testing
import TestSupport

struct PostprocessorTests {
    private func processed(_ shape: [Int], _ values: [UInt16], _ steps: [PostprocessingRecipe.Step]) -> [UInt16] {
        var map = labelMap(shape, values)
        Postprocessor(recipe: PostprocessingRecipe(steps: steps)).apply(&map, team: team)
        return map.voxels.values
    }

    @Test func `two equally large diagonal components stay, a smaller one goes`() {
        // In the plane: (0,0)-(1,1), (0,3)-(1,4) and the single voxel (3,0).
        let values: [UInt16] = [
            1, 0, 0, 1, 0, 0,
            0, 1, 0, 0, 1, 0,
            0, 0, 0, 0, 0, 0,
            1, 0, 0, 0, 0, 0,
        ]
        var expected = values
        expected[18] = 0
        #expect(processed([1, 4, 6], values, [.init(labels: [1])]) == expected)
    }

    @Test func `voxels that meet at a corner across slices are one component`() {
        var values = [UInt16](repeating: 0, count: 27)
        values[0] = 1
        values[13] = 1
        values[26] = 1
        values[6] = 1
        #expect(processed([3, 3, 3], values, [.init(labels: [1])]) == values.enumerated().map { $0.offset == 6 ? 1 : $0.element })
        var apart = [UInt16](repeating: 0, count: 27)
        apart[0] = 1
        apart[26] = 1
        apart[25] = 1
        #expect(processed([3, 3, 3], apart, [.init(labels: [1])]) == apart.enumerated().map { $0.offset == 0 ? 0 : $0.element })
    }

    @Test func `labels of one step count together, other labels stay`() {
        let values: [UInt16] = [1, 2, 0, 3, 1, 1, 1, 0, 2]
        #expect(processed([1, 1, 9], values, [.init(labels: [1, 2])]) == [0, 0, 0, 3, 1, 1, 1, 0, 0])
    }

    @Test func `steps follow each other, and removed voxels become the step's background`() {
        let values: [UInt16] = [1, 1, 1, 2, 2, 0, 2, 0, 1, 1]
        let steps: [PostprocessingRecipe.Step] = [.init(labels: [1, 2]), .init(labels: [2], background: 7)]
        #expect(processed([1, 1, 10], values, steps) == [1, 1, 1, 2, 2, 0, 0, 0, 0, 0])
        #expect(processed([1, 1, 10], values, [.init(labels: [2], background: 7)]) == [1, 1, 1, 2, 2, 0, 7, 0, 1, 1])
    }

    @Test func `a recipe without steps and a map without labels change nothing`() {
        #expect(processed([1, 1, 3], [1, 0, 1], []) == [1, 0, 1])
        #expect(processed([1, 1, 3], [0, 0, 0], [.init(labels: [1])]) == [0, 0, 0])
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `steps of labels that lie beside each other give together what they give one after the other`(seed: UInt64) {
        var state = seed
        let values = (0..<7 * 11 * 13).map { _ -> UInt16 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt16(state >> 61)
        }
        let steps: [PostprocessingRecipe.Step] = [
            .init(labels: [1]), .init(labels: [2, 5], background: 6), .init(labels: [3], background: 3), .init(labels: [4]),
            .init(labels: [6], background: 1), .init(labels: [1, 7]),
        ]
        var expected = values
        for step in steps { expected = processed([7, 11, 13], expected, [step]) }
        #expect(processed([7, 11, 13], values, steps) == expected)
        #expect(expected != values)
    }

    @Test func `components equal a flood fill on noise`() {
        let shape = [9, 13, 17]
        var state: UInt64 = 1
        let values = (0..<9 * 13 * 17).map { _ -> UInt16 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 60) < 3 ? 1 : 0
        }
        #expect(processed(shape, values, [.init(labels: [1])]) == floodFilled(shape, values))
    }

    private func floodFilled(_ shape: [Int], _ values: [UInt16]) -> [UInt16] {
        var component = [Int](repeating: -1, count: values.count)
        var sizes: [Int] = []
        for start in values.indices where values[start] == 1 && component[start] < 0 {
            var open = [start]
            component[start] = sizes.count
            sizes.append(0)
            while let voxel = open.popLast() {
                sizes[component[voxel]] += 1
                let at = [voxel / (shape[1] * shape[2]), voxel / shape[2] % shape[1], voxel % shape[2]]
                for step in 0..<27 {
                    let next = [at[0] + step / 9 - 1, at[1] + step / 3 % 3 - 1, at[2] + step % 3 - 1]
                    guard zip(next, shape).allSatisfy({ 0..<$1 ~= $0 }) else { continue }
                    let index = (next[0] * shape[1] + next[1]) * shape[2] + next[2]
                    if values[index] == 1, component[index] < 0 {
                        component[index] = component[start]
                        open.append(index)
                    }
                }
            }
        }
        let largest = sizes.max() ?? 0
        return values.indices.map { component[$0] >= 0 && sizes[component[$0]] == largest ? 1 : 0 }
    }
}
