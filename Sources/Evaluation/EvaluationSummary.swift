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
        /// For each of the labels or regions, in their order; empty where surfaces were not asked for.
        package let surfaces: [SurfaceFigures]

        /// Joins what was counted with the files that it was counted in.
        package init(predictionFile: String, referenceFile: String, confusions: [Confusion], surfaces: [SurfaceFigures] = []) {
            self.predictionFile = predictionFile
            self.referenceFile = referenceFile
            self.confusions = confusions
            self.surfaces = surfaces
        }
    }

    /// Means by figure.
    package typealias Means = [Confusion.Metric: Double]
    /// Means of surfaces by figure.
    package typealias SurfaceMeans = [SurfaceFigures.Figure: Double]

    /// The labels and regions that were judged.
    package let judged: [DatasetDescription.LabelValue]
    /// In the order of their file names.
    package let cases: [Case]
    /// For each label or region over the cases, those left out in which neither map has it.
    package let means: [Means]
    /// Of the means of all but the label 0; NaN where one of them is.
    package let foregroundMean: Means

    /// The tolerance of the surface Dice, mm; nil where surfaces were not asked for.
    package let surfaceTolerance: Double?
    /// For each label or region over the cases, those left out in which neither map has it; empty where surfaces were not asked for.
    package let surfaceMeans: [SurfaceMeans]
    /// Of the means of all but the label 0.
    package let foregroundSurfaceMean: SurfaceMeans

    /// Takes the means.
    package init(judged: [DatasetDescription.LabelValue], cases: [Case], surfaceTolerance: Double? = nil) {
        self.judged = judged
        self.cases = cases
        self.surfaceTolerance = surfaceTolerance
        func table(_ value: (Confusion.Metric) -> Double) -> Means {
            Means(uniqueKeysWithValues: Confusion.Metric.allCases.map { ($0, value($0)) })
        }
        let means = judged.indices.map { index in
            table { metric in meanIgnoringNaN(cases.map { $0.confusions[index][metric] }) }
        }
        let foreground = judged.indices.filter { judged[$0] != .label(0) }
        self.means = means
        foregroundMean = table { metric in mean(foreground.map { means[$0][metric] ?? .nan }) }
        let surfaces =
            surfaceTolerance == nil
            ? []
            : judged.indices.map { index in
                Self.surfaceTable { figure in meanIgnoringNaN(cases.map { $0.surfaces[index][figure] }) }
            }
        surfaceMeans = surfaces
        foregroundSurfaceMean =
            surfaces.isEmpty ? [:] : Self.surfaceTable { figure in mean(foreground.map { surfaces[$0][figure] ?? .nan }) }
    }

    private static func surfaceTable(_ value: (SurfaceFigures.Figure) -> Double) -> SurfaceMeans {
        SurfaceMeans(uniqueKeysWithValues: SurfaceFigures.Figure.allCases.map { ($0, value($0)) })
    }

    /// The mean Dice of the foreground, by which nnU-Net compares models.
    package var foregroundDice: Double { foregroundMean[.dice] ?? .nan }

    /// The mean Dice of one of the labels or regions.
    package func dice(of index: Int) -> Double { means[index][.dice] ?? .nan }

    /// The content of `summary.json`, to be written with sorted keys.
    package var json: OrderedJSON {
        let cases = cases.map { item -> OrderedJSON in
            let metrics = judged.indices.map { index in
                OrderedJSON.Member(
                    judged[index].reportKey,
                    .object(
                        Self.members(of: item.confusions[index]) + (item.surfaces.isEmpty ? [] : Self.members(of: item.surfaces[index]))))
            }
            return [
                "metrics": .object(metrics), "prediction_file": .string(item.predictionFile),
                "reference_file": .string(item.referenceFile),
            ]
        }
        let tolerance = surfaceTolerance.map { [OrderedJSON.Member("surface_tolerance_mm", .number($0))] } ?? []
        return .object(meansJSON + [.init("metric_per_case", .array(cases))] + tolerance)
    }

    /// The part that `postprocessing.json` repeats.
    package var meansJSON: [OrderedJSON.Member] {
        [
            .init("foreground_mean", Self.json(of: foregroundMean, foregroundSurfaceMean)),
            .init(
                "mean",
                .object(
                    judged.indices.map {
                        .init(judged[$0].reportKey, Self.json(of: means[$0], surfaceMeans.isEmpty ? [:] : surfaceMeans[$0]))
                    })),
        ]
    }

    private static func json(of means: Means, _ surfaces: SurfaceMeans) -> OrderedJSON {
        .object(means.map { .init($0.key.rawValue, .number($0.value)) } + surfaces.map { .init($0.key.rawValue, .number($0.value)) })
    }

    private static func members(of confusion: Confusion) -> [OrderedJSON.Member] {
        Confusion.Metric.allCases.map { metric in
            .init(metric.rawValue, confusion.count(of: metric).map(OrderedJSON.integer) ?? .number(confusion[metric]))
        }
    }

    private static func members(of figures: SurfaceFigures) -> [OrderedJSON.Member] {
        SurfaceFigures.Figure.allCases.map { .init($0.rawValue, .number(figures[$0])) }
    }
}
