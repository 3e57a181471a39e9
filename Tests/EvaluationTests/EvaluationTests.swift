import Evaluation
import Files
import Preprocessing
import PythonFormats
import Testing
import TestSupport

struct EvaluationTests {
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

    @Test func `pairs are counted once for all labels, however large`() throws {
        let prediction = labelMap([1, 2, 4], [0, 1, 1, 300, 2, 2, 0, 65_535])
        let reference = labelMap([1, 2, 4], [0, 1, 2, 300, 2, 0, 7, 65_535])
        let pairs = try LabelPairs(prediction: prediction, reference: reference)
        let both = pairs.confusion(of: [1, 2])
        #expect((both.truePositives, both.falsePositives, both.falseNegatives, both.trueNegatives) == (3, 1, 0, 4))
        #expect(pairs.confusion(of: [300]).dice == 1 && pairs.confusion(of: [65_535]).intersectionOverUnion == 1)
        let partial = pairs.confusion(of: [2], ignoring: 7)
        #expect((partial.truePositives, partial.falsePositives, partial.falseNegatives, partial.trueNegatives) == (1, 1, 1, 4))
    }

    @Test func `means leave out what is undefined, and the foreground's mean does not`() throws {
        func one(_ tp: Int, _ fp: Int) -> Confusion {
            var confusion = Confusion()
            confusion.truePositives = tp
            confusion.falsePositives = fp
            return confusion
        }
        let summary = EvaluationSummary(
            items: [.init(key: "1", values: [1]), .init(key: "2", values: [2])],
            cases: [
                .init(prediction: "p/a", reference: "r/a", confusions: [one(1, 0), one(0, 0)]),
                .init(prediction: "p/b", reference: "r/b", confusions: [one(0, 0), one(0, 0)]),
            ])
        #expect(summary.meanDice[0] == 1 && summary.meanDice[1].isNaN && summary.foregroundMeanDice.isNaN)
        let text = summary.json.pythonText(sortedKeys: true, indent: nil)
        #expect(
            text.contains(
                #""mean": {"1": {"Dice": 1.0, "FN": 0.0, "FP": 0.0, "IoU": 1.0, "TN": 0.0, "TP": 0.5, "n_pred": 0.5, "n_ref": 0.5}"#))
        #expect(text.contains(#"{"metrics": {"1": {"Dice": 1.0, "FN": 0, "FP": 0, "IoU": 1.0, "TN": 0, "TP": 1, "n_pred": 1, "n_ref": 1}"#))
    }
}
