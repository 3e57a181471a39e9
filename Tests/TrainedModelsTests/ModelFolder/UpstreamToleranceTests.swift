import Files
import PythonFormats
import TestSupport
import Testing

/// What nnU-Net 2.8.1 converts or never reads at inference does not keep a model from being opened; what it would fail on is refused with
/// the key's name.
@Suite struct UpstreamToleranceTests {
    private static let plansKeys: [(String, OrderedJSON?)] = [
        ("plans_name", 3), ("plans_name", nil), ("dataset_name", nil), ("dataset_name", ["a"]), ("label_manager", nil),
        ("experiment_planner_used", nil), ("original_median_spacing_after_transp", "unknown"), ("pretrain_info", ["key_plan": nil]),
        ("configurations.3d_fullres", ["inherits_from": "nowhere", "spacing": "broken"]), ("configurations.other", 7),
        // A z-score model's intensities are never looked at, surplus ones by no model.
        ("foreground_intensity_properties_per_channel.0", [:]),
        ("foreground_intensity_properties_per_channel.0.mean", .number(.nan)),
        ("foreground_intensity_properties_per_channel.0.std", nil),
        ("foreground_intensity_properties_per_channel.0.percentile_99_5", "high"),
        ("foreground_intensity_properties_per_channel.1", nil), ("foreground_intensity_properties_per_channel.1", "junk"),
        ("foreground_intensity_properties_per_channel.7", TestModel.intensities),
    ]

    private static let configurationKeys: [(String, OrderedJSON?)] = [
        ("batch_size", "two"), ("batch_dice", nil), ("median_image_size_in_voxels", [.number(.nan)]), ("data_identifier", nil),
        ("next_stage", 3), ("previous_stage", nil), ("previous_stage", .null), ("comment", "ours"),
        ("normalization_schemes", ["ZScoreNormalization", "OurNormalization", 4]), ("use_mask_for_norm", [false, "junk"]),
        ("use_mask_for_norm", [nil]), ("spacing", [1, 2]), ("spacing", [3.0, 1.0, 0.5]),
        ("resampling_fn_data_kwargs.is_seg", 0), ("resampling_fn_data_kwargs.force_separate_z", 1),
        ("resampling_fn_data_kwargs.force_separate_z", ""), ("resampling_fn_data_kwargs.separate_z_anisotropy_threshold", 4),
        ("resampling_fn_data_kwargs.separate_z_anisotropy_threshold", .number(.infinity)),
        ("architecture.arch_kwargs.conv_bias", 1), ("architecture.arch_kwargs.norm_op_kwargs.affine", 1),
        ("architecture.arch_kwargs.deep_supervision", "never read"), ("architecture.arch_kwargs.dropout_op", "torch.nn.Dropout3d"),
        ("architecture.arch_kwargs.dropout_op_kwargs", ["p": 0.5]), ("architecture.arch_kwargs.nonlin_first", nil),
        ("architecture.arch_kwargs.nonlin_first", 0),
    ]

    @Test(arguments: plansKeys) func `a plan's key that is never read, or converted, is accepted`(key: String, value: OrderedJSON?) throws {
        var model = try TestModel()
        model.plans = model.plans.setting(key, value)
        #expect(try model.opened().0.configurationName == "2d")
    }

    @Test(arguments: configurationKeys)
    func `a configuration's key that is never read, or converted, is accepted`(key: String, value: OrderedJSON?) throws {
        var model = try TestModel()
        model.plans = model.plans.setting("configurations.2d." + key, value)
        let opened = try model.opened().0
        #expect(opened.configuration.normalizationSchemes == [.zScore])
        #expect(opened.configuration.useMaskForNormalization == [false])
    }

    @Test(
        arguments: [
            ("mean", .number(.nan), "expected a finite number, which CTNormalization computes with, found none"),
            ("mean", nil, "expected a finite number"), ("std", "2.5", "expected a finite number"),
            ("std", .number(.infinity), "expected a finite number, which CTNormalization computes with, found inf"),
            ("percentile_00_5", .number(.nan), "expected a number"), ("percentile_99_5", nil, "expected a number"),
        ] as [(String, OrderedJSON?, String)]) func `a CT model's intensities must be numbers`(
            key: String, value: OrderedJSON?, reason: String
        ) throws
    {
        var model = try ctModel()
        model.plans = model.plans.setting("foreground_intensity_properties_per_channel.0." + key, value)
        expectRefusal(of: model, "foreground_intensity_properties_per_channel.0.\(key): \(reason)")
    }

    @Test(
        arguments: [
            ("percentile_00_5", nil, -Double.infinity), ("percentile_00_5", .number(-.infinity), -.infinity), ("percentile_00_5", 7, 7),
        ] as [(String, OrderedJSON, Double)]) func `a CT model's bounds may be open, and numbers of any kind`(
            key: String, value: OrderedJSON, bound: Double
        ) throws
    {
        var model = try ctModel()
        model.plans = model.plans.setting("foreground_intensity_properties_per_channel.0." + key, value)
        #expect(try model.opened().0.plans.intensityProperties[0].percentile005 == bound)
    }

    @Test(
        arguments: [
            ("label_manager", .null, "label_manager: expected text, found null"),
            ("transpose_forward", ["0", "1", "2"], "transpose_forward[0]: expected an integer"),
            ("transpose_forward", [0.0, 1, 2], "transpose_forward[0]: expected an integer"),
            ("foreground_intensity_properties_per_channel.0", nil, "expected 1 entries, one per channel"),
            ("foreground_intensity_properties_per_channel.0", "junk", "expected 1 entries, one per channel"),
            ("configurations.2d.inherits_from", .null, "inherits_from: expected text"),
            ("configurations.2d.preprocessor_name", nil, "preprocessor_name: expected a value, found no such key"),
            ("configurations.2d.patch_size", [16.0, 8.0], "patch_size[0]: expected an integer"),
            ("configurations.2d.spacing", ["1.0", "0.5"], "spacing[0]: expected a finite number"),
            ("configurations.2d.spacing", [1.0, .number(.nan)], "spacing[1]: expected a finite number"),
            ("configurations.2d.use_mask_for_norm", [0], "use_mask_for_norm[0]: expected true or false"),
            ("configurations.2d.use_mask_for_norm", [], "use_mask_for_norm: expected 1 entries"),
            (
                "configurations.2d.normalization_schemes", ["OurNormalization"],
                "normalization_schemes[0] = OurNormalization is not supported"
            ),
            ("configurations.2d.resampling_fn_data_kwargs", .null, "resampling_fn_data_kwargs: expected an object"),
            ("configurations.2d.resampling_fn_data_kwargs.order", 3.0, "order: expected an integer"),
        ] as [(String, OrderedJSON?, String)]) func `what nnU-Net would fail on is refused by its key`(
            key: String, value: OrderedJSON?, reason: String
        ) throws
    {
        var model = try TestModel()
        model.plans = model.plans.setting(key, value)
        expectRefusal(of: model, reason)
    }

    @Test func `torch's modes are read only where an axis is separate`() throws {
        var model = try TestModel()
        let key = "configurations.2d.resampling_fn_probabilities"
        let arguments: OrderedJSON = ["mode": "area", "force_separate_z": false]
        model.plans = model.plans.setting(key, "resample_torch_fornnunet").setting(key + "_kwargs", arguments)
        #expect(try model.opened().0.configuration.resampling.probabilities.forceSeparateZ == false)
        model.plans = model.plans.setting(key + "_kwargs.force_separate_z", .null)
        expectRefusal(of: model, "mode = area is not supported")
    }

    @Test func `numbers that JSON does not have are read as Python reads them`() throws {
        let text = #"{"a": NaN, "b": [Infinity, -Infinity, 1e999]}"#
        let json = try OrderedJSON(parsing: text.utf8, path: "plans.json")
        #expect(json["a"]?.double?.isNaN == true)
        #expect(json["b"]?.elements?.map(\.double) == [.infinity, -.infinity, .infinity])
        let marked = #expect(throws: Problem.self) {
            try OrderedJSON(parsing: [0xEF, 0xBB, 0xBF] + Array("{}".utf8), path: "plans.json")
        }
        #expect(marked?.description.contains("byte order mark") == true)
    }

    private func ctModel() throws -> TestModel {
        var model = try TestModel()
        model.plans = model.plans.setting("configurations.2d.normalization_schemes", ["CTNormalization"])
        return model
    }
}
