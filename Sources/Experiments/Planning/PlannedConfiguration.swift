import PythonFormats

/// A configuration as it is planned: spacing, patch, batch and network.
package struct PlannedConfiguration: Sendable {
    /// mm, along the network's axes.
    package let spacing: [Double]
    /// The median of the cases' sizes at that spacing, voxels.
    package let medianShape: [Double]
    /// The network, with the patch it sees.
    package let network: PlannedNetwork
    /// Patches in a batch.
    package let batchSize: Int
    /// The feature maps' elements of one patch.
    package let featureMapSize: Double

    /// Voxels of a patch.
    var patchVoxels: Double { network.topology.patch.reduce(1) { $0 * Double($1) } }
    /// Voxels of the median case.
    var medianVoxels: Double { medianShape.reduce(1, *) }

    /// The configuration in plans.json.
    ///
    /// - Parameters:
    ///   - identifier: the name of the preprocessed data's folder.
    ///   - hasWholeShape: whether the median shape was rounded.
    ///   - preparation: what all configurations share of preprocessing.
    ///   - ending: the members after the architecture.
    /// - Returns: the members in upstream's order.
    func json(
        identifier: String, hasWholeShape: Bool, preparation: Preparation, ending: [OrderedJSON.Member]
    ) -> OrderedJSON {
        let (data, labels, probabilities) = preparation.preset.resampling
        let members: [OrderedJSON.Member] = [
            .init("data_identifier", .string(identifier)), .init("preprocessor_name", .string(preparation.preprocessorName)),
            .init("batch_size", .integer(batchSize)), .init("patch_size", .integers(network.topology.patch)),
            .init("median_image_size_in_voxels", hasWholeShape ? .integers(medianShape.map { Int($0) }) : .numbers(medianShape)),
            .init("spacing", .numbers(spacing)),
            .init("normalization_schemes", .array(preparation.schemes.map(OrderedJSON.string))),
            .init("use_mask_for_norm", .array(preparation.useMask.map(OrderedJSON.bool))),
            .init("resampling_fn_data", .string(data.name)), .init("resampling_fn_seg", .string(labels.name)),
            .init("resampling_fn_data_kwargs", data.arguments), .init("resampling_fn_seg_kwargs", labels.arguments),
            .init("resampling_fn_probabilities", .string(probabilities.name)),
            .init("resampling_fn_probabilities_kwargs", probabilities.arguments), .init("architecture", network.json),
        ]
        return .object(members + ending)
    }

    /// What all configurations share of preprocessing.
    struct Preparation {
        let preset: PlannerPreset
        let preprocessorName: String
        let schemes: [String]
        let useMask: [Bool]
    }
}
