import Evaluation
import Plans
import Testing
import TestSupport

struct EvaluationSummaryTests {
    private func summary(_ judged: [DatasetDescription.LabelValue], _ cases: [[[Int]]]) -> EvaluationSummary {
        EvaluationSummary(
            judged: judged,
            cases: cases.enumerated().map { index, counts in
                let confusions = counts.map { counts in
                    var confusion = Confusion()
                    (confusion.truePositives, confusion.falsePositives) = (counts[0], counts[1])
                    (confusion.falseNegatives, confusion.trueNegatives) = (counts[2], counts[3])
                    return confusion
                }
                return .init(predictionFile: "p/\(index)", referenceFile: "r/\(index)", confusions: confusions)
            })
    }

    @Test func `a case in which neither map has a label is left out of the label's mean Dice, and counted in its voxels`() {
        let summary = summary([.label(1)], [[[1, 1, 0, 2]], [[0, 0, 0, 4]]])
        #expect(summary.dice(of: 0) == 2.0 / 3)
        #expect(summary.means[0][.truePositives] == 0.5)
        #expect(summary.means[0][.predicted] == 1)
    }

    @Test func `one label that no case has makes the foreground's mean NaN, label 0 does not count`() {
        #expect(summary([.label(1), .label(2)], [[[1, 0, 0, 1], [0, 0, 0, 2]]]).foregroundDice.isNaN)
        #expect(summary([.label(0), .label(2)], [[[1, 1, 1, 1], [2, 0, 0, 0]]]).foregroundDice == 1)
        #expect(summary([.label(0)], [[[1, 1, 1, 1]]]).foregroundDice.isNaN)
    }

    @Test func `the file has Python's keys, numbers and NaN`() {
        let text = summary([.region([2, 10]), .label(2), .label(10)], [[[1, 0, 0, 3], [0, 0, 0, 4], [1, 1, 1, 1]]])
            .json.pythonText(sortedKeys: true, indent: nil)
        #expect(text.hasPrefix(#"{"foreground_mean": {"Dice": NaN, "FN": 0.3333333333333333, "FP": 0.3333333333333333, "IoU": NaN"#))
        #expect(text.contains(#""mean": {"(2, 10)": {"Dice": 1.0, "FN": 0.0"#))
        #expect(text.contains(#", "10": {"Dice": 0.5"#))
        #expect(text.contains(#""2": {"Dice": NaN, "FN": 0, "FP": 0, "IoU": NaN, "TN": 4, "TP": 0, "n_pred": 0, "n_ref": 0}"#))
        #expect(text.hasSuffix(#""prediction_file": "p/0", "reference_file": "r/0"}]}"#))
    }

    /// `numpy.nanmean` of the same Dice coefficients; from left to right some of them would round otherwise.
    @Test(arguments: meansOfNumPy) func `means round as NumPy's`(count: Int, mean: Double) {
        let cases = (1...count).map { [[$0 * 2, 20 - $0 % 3, 10 * count - $0 % 7, 1]] }
        #expect(summary([.label(1)], cases).dice(of: 0) == mean)
    }

    static let meansOfNumPy: [(Int, Double)] = [
        (7, 0.1519894036377976),
        (8, 0.1524112609825884),
        (15, 0.15506400212471316),
        (128, 0.15835291579839372),
        (129, 0.15835530209129425),
        (300, 0.15862061076557937),
    ]
}
