package import PythonFormats

/// What nnU-Net's `summary.json` says: the overlap of predictions and references for each case and label, and its means.
package struct EvaluationSummary: Sendable {
    /// A label, or labels that count together.
    package struct Item: Sendable, Hashable {
        /// As Python prints it: `4`, `(1, 2, 3)`, `(3,)`.
        package let key: String
        /// The label values.
        package let values: [Int]

        /// Joins both.
        package init(key: String, values: [Int]) {
            self.key = key
            self.values = values
        }
    }

    /// A case.
    package struct Case: Sendable {
        /// The files, as the summary names them.
        package let prediction: String
        package let reference: String
        /// One for each item.
        package let confusions: [Confusion]

        /// Joins the facts.
        package init(prediction: String, reference: String, confusions: [Confusion]) {
            self.prediction = prediction
            self.reference = reference
            self.confusions = confusions
        }
    }

    /// What was evaluated.
    package let items: [Item]
    /// In the order of their names.
    package let cases: [Case]
    /// Of each item over the cases, measures that are no number left out.
    private let means: [Measures]
    /// Of the items' means, background left out.
    private let foregroundMean: Measures

    /// Joins items and cases.
    package init(items: [Item], cases: [Case]) {
        self.items = items
        self.cases = cases
        means = items.indices.map { index in Measures(meanOf: cases.map { Measures($0.confusions[index]) }, skipsNaN: true) }
        foregroundMean = Measures(meanOf: zip(items, means).filter { $0.0.key != "0" }.map(\.1), skipsNaN: false)
    }

    /// The measures of one item in one case, or their means, under nnU-Net's names.
    private struct Measures: Sendable {
        static let names = ["Dice", "FN", "FP", "IoU", "TN", "TP", "n_pred", "n_ref"]
        /// In the order of the names.
        var values: [Double]

        init(_ confusion: Confusion) {
            let (tp, fp, fn) = (confusion.truePositives, confusion.falsePositives, confusion.falseNegatives)
            values = [
                confusion.dice, Double(fn), Double(fp), confusion.intersectionOverUnion, Double(confusion.trueNegatives), Double(tp),
                Double(tp + fp), Double(tp + fn),
            ]
        }

        /// The means; measures that are no number are left out where `skipsNaN`.
        init(meanOf all: [Measures], skipsNaN: Bool) {
            values = Self.names.indices.map { index in
                let column = all.map { $0.values[index] }.filter { !skipsNaN || !$0.isNaN }
                return column.isEmpty ? .nan : column.reduce(0, +) / Double(column.count)
            }
        }

        /// Counts of a case are whole numbers.
        func json(isOfCase: Bool) -> OrderedJSON {
            .object(
                zip(Self.names, values).map { name, value in
                    .init(name, isOfCase && name != "Dice" && name != "IoU" ? .integer(Int(value)) : .number(value))
                })
        }
    }

    /// The mean Dice of each item over the cases in which it is defined; NaN where there is none.
    package var meanDice: [Double] { means.map { $0.values[0] } }

    /// The mean of the items' means, background left out; NaN where one of them is.
    package var foregroundMeanDice: Double { foregroundMean.values[0] }

    /// The content of the file; written with sorted keys.
    package var json: OrderedJSON {
        [
            "foreground_mean": foregroundMean.json(isOfCase: false),
            "mean": .object(zip(items, means).map { .init($0.key, $1.json(isOfCase: false)) }),
            "metric_per_case": .array(
                cases.map { one in
                    [
                        "metrics": .object(zip(items, one.confusions).map { .init($0.key, Measures($1).json(isOfCase: true)) }),
                        "prediction_file": .string(one.prediction), "reference_file": .string(one.reference),
                    ]
                }),
        ]
    }
}
