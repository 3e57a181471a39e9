package import Plans
package import PythonFormats

/// Plans of a data set, as plans.json holds them.
package struct ExperimentPlans: Sendable {
    /// The configurations that were planned.
    package struct Configurations: Sendable {
        /// `2d`
        package let planar: PlannedConfiguration
        /// `3d_fullres`; nil for a data set of single slices.
        package let full: PlannedConfiguration?
        /// `3d_lowres`, and with it the cascade; nil where the full resolution's patch sees enough of a case.
        package let low: PlannedConfiguration?
    }

    /// Who planned.
    package let planner: ExperimentPlanner
    /// Of which data set.
    package let dataset: DatasetDescription
    package let datasetName: String
    /// By what.
    package let fingerprint: DatasetFingerprint
    /// The class that reads the files.
    package let reader: String
    /// For each axis of the network the file's.
    package let transposeForward: [Int]
    package let configurations: Configurations

    /// The content of the plans file.
    ///
    /// - Parameter existing: plans of the same name; their configurations that were not planned here stay.
    /// - Returns: plans.json, keys in upstream's order.
    package func json(keeping existing: OrderedJSON? = nil) -> OrderedJSON {
        let axes = transposeForward
        let spacings = columns(fingerprint.spacings, median)
        let shape = columns(fingerprint.shapesAfterCrop.map { $0.map(Double.init) }, median)
        let planned = plannedConfigurations
        let others = (existing?["configurations"]?.members ?? []).filter { other in !planned.contains { $0.key == other.key } }
        return [
            "dataset_name": .string(datasetName), "plans_name": .string(planner.plansName),
            "original_median_spacing_after_transp": .numbers(axes.map { spacings[$0] }),
            "original_median_shape_after_transp": .integers(axes.map { Int(pythonRound(shape[$0])) }),
            "image_reader_writer": .string(reader), "transpose_forward": .integers(axes),
            "transpose_backward": .integers((0..<3).map { axis in axes.firstIndex(of: axis) ?? axis }),
            "configurations": .object(planned + others), "experiment_planner_used": .string(planner.preset.rawValue),
            "label_manager": "LabelManager", "foreground_intensity_properties_per_channel": fingerprint.intensityProperties,
        ]
    }

    private var plannedConfigurations: [OrderedJSON.Member] {
        let preparation = preparation
        var members = [
            member("2d", configurations.planar, preparation, ending: [.init("batch_dice", true)])
        ]
        let hasLow = configurations.low != nil
        if let low = configurations.low {
            members.append(
                member(
                    "3d_lowres", low, preparation, hasWholeShape: true,
                    ending: [.init("batch_dice", false), .init("next_stage", "3d_cascade_fullres")]))
        }
        if let full = configurations.full {
            members.append(member("3d_fullres", full, preparation, ending: [.init("batch_dice", .bool(hasLow))]))
        }
        if hasLow { members.append(.init("3d_cascade_fullres", ["inherits_from": "3d_fullres", "previous_stage": "3d_lowres"])) }
        return members
    }

    private func member(
        _ name: String, _ configuration: PlannedConfiguration, _ preparation: PlannedConfiguration.Preparation, hasWholeShape: Bool = false,
        ending: [OrderedJSON.Member]
    ) -> OrderedJSON.Member {
        let owner = planner.preset.sharesData && name != "3d_lowres" ? PlannerPreset.standard.plansName : planner.plansName
        return .init(
            name,
            configuration.json(
                identifier: owner + "_" + name, hasWholeShape: hasWholeShape, preparation: preparation, ending: ending))
    }

    private var preparation: PlannedConfiguration.Preparation {
        let schemes = dataset.channelNames.map { NormalizationScheme(channelName: $0) }
        let isCropped = fingerprint.medianRelativeSizeAfterCropping < 0.75
        return PlannedConfiguration.Preparation(
            preset: planner.preset, preprocessorName: planner.preprocessorName, schemes: schemes.map(\.rawValue),
            useMask: schemes.map { isCropped && $0 == .zScore })
    }
}

extension ExperimentPlans {
    /// The configurations with their names, in the order of the file; the cascade's second stage is the full resolution.
    package var list: [(name: String, configuration: PlannedConfiguration)] {
        [("2d", configurations.planar)] + (configurations.low.map { [("3d_lowres", $0)] } ?? [])
            + (configurations.full.map { [("3d_fullres", $0)] } ?? [])
    }
}
