import Evaluation
import Files
import Testing
import TestSupport

struct DiceTests {
    @Test func `Dice counts a label, a region, and neither`() throws {
        let prediction = labelMap([1, 1, 6], [0, 1, 1, 2, 2, 0])
        let reference = labelMap([1, 1, 6], [0, 1, 2, 2, 0, 0])
        #expect(try diceCoefficient(prediction, reference, values: [1]) == 2.0 / 3)
        #expect(try diceCoefficient(prediction, reference, values: [1, 2]) == 6.0 / 7)
        #expect(try diceCoefficient(prediction, reference, values: [5]).isNaN)
        #expect(try diceCoefficient(labelMap([1, 1, 1], [3]), labelMap([1, 1, 1], [0]), values: [3]) == 0)
    }

    @Test func `ignored reference voxels are left out`() throws {
        let prediction = labelMap([1, 1, 3], [1, 1, 1])
        let reference = labelMap([1, 1, 3], [1, 4, 4])
        #expect(try diceCoefficient(prediction, reference, values: [1], ignoring: 4) == 1)
    }

    @Test func `maps of different size are refused`() {
        #expect(throws: Problem.shapeMismatch(what: "the prediction", expected: [1, 1, 2], found: [1, 2, 1])) {
            _ = try diceCoefficient(labelMap([1, 2, 1], [0, 0]), labelMap([1, 1, 2], [0, 0]), values: [1])
        }
    }
}
