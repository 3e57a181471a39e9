package import Plans
package import PythonFormats

/// What nnU-Net says of a folder of predictions in `summary.json`: every case, the mean of each label or region over the cases, and the mean
/// of these means (`compute_metrics_on_folder`).
package struct EvaluationSummary: Sendable {
    /// One case.
    package struct Case: Sendable {
        /// The paths of both files as the summary gives them.
        package let predictionFile, referenceFile: String
        /// For each of the labels or regions, in their order.
        package let confusions: [Confusion]

        /// Joins what was counted with the files that it was counted in.
        package init(predictionFile: String, referenceFile: String, confusions: [Confusion]) {
            self.predictionFile = predictionFile
            self.referenceFile = referenceFile
            self.confusions = confusions
        }
    }

    /// Means by figure.
    package typealias Means = [Confusion.Metric: Double]

    /// The labels and regions that were judged.
    package let judged: [DatasetDescription.LabelValue]
    /// In the order of their file names.
    package let cases: [Case]
    /// For each label or region over the cases, those left out in which neither map has it.
    package let means: [Means]
    /// Of the means of all but the label 0; NaN where one of them is.
    package let foregroundMean: Means

    /// Takes the means.
    package init(judged: [DatasetDescription.LabelValue], cases: [Case]) {
        self.judged = judged
        self.cases = cases
        func table(_ value: (Confusion.Metric) -> Double) -> Means {
            Means(uniqueKeysWithValues: Confusion.Metric.allCases.map { ($0, value($0)) })
        }
        let means = judged.indices.map { index in
            table { metric in meanIgnoringNaN(cases.map { $0.confusions[index][metric] }) }
        }
        let foreground = judged.indices.filter { judged[$0] != .label(0) }
        self.means = means
        foregroundMean = table { metric in mean(foreground.map { means[$0][metric] ?? .nan }) }
    }

    /// The mean Dice of the foreground, by which nnU-Net compares models.
    package var foregroundDice: Double { foregroundMean[.dice] ?? .nan }

    /// The mean Dice of one of the labels or regions.
    package func dice(of index: Int) -> Double { means[index][.dice] ?? .nan }

    /// The content of `summary.json`, to be written with sorted keys.
    package var json: OrderedJSON {
        let cases = cases.map { item -> OrderedJSON in
            let metrics = zip(judged, item.confusions).map { OrderedJSON.Member($0.reportKey, Self.json(of: $1)) }
            return [
                "metrics": .object(metrics), "prediction_file": .string(item.predictionFile),
                "reference_file": .string(item.referenceFile),
            ]
        }
        return .object(meansJSON + [.init("metric_per_case", .array(cases))])
    }

    /// The part that `postprocessing.json` repeats.
    package var meansJSON: [OrderedJSON.Member] {
        [
            .init("foreground_mean", Self.json(of: foregroundMean)),
            .init("mean", .object(zip(judged, means).map { .init($0.reportKey, Self.json(of: $1)) })),
        ]
    }

    private static func json(of means: Means) -> OrderedJSON {
        .object(means.map { .init($0.key.rawValue, .number($0.value)) })
    }

    private static func json(of confusion: Confusion) -> OrderedJSON {
        .object(
            Confusion.Metric.allCases.map { metric in
                .init(metric.rawValue, confusion.count(of: metric).map(OrderedJSON.integer) ?? .number(confusion[metric]))
            })
    }
}
