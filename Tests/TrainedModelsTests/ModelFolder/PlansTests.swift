import Files
import Networks
import Plans
import PythonFormats
import Testing
import TrainedModels

@Suite struct PlansTests {
    @Test func `a child overwrites its parents key by key, whole objects at once`() throws {
        let plans = try plans {
            $0.setting("configurations.b", ["inherits_from": "2d", "spacing": [3.0, 3.0], "architecture": ["network_class_name": "x.Y"]])
                .setting("configurations.c", ["inherits_from": "b", "patch_size": [32, 32]])
        }
        let configuration = try plans.configuration("c")
        #expect(configuration.patchSize == [32, 32])
        #expect(configuration.spacing == [3, 3])
        #expect(configuration.architecture == ["network_class_name": "x.Y"])
        #expect(configuration.normalizationSchemes == [.zScore])
    }

    @Test func `a cycle and an unknown parent are refused`() throws {
        let plans = try plans {
            $0.setting("configurations.a", ["inherits_from": "b"]).setting("configurations.b", ["inherits_from": "a"])
                .setting("configurations.c", ["inherits_from": "nowhere"])
        }
        expectRefusal("a → b → a") { try plans.configuration("a") }
        expectRefusal("a configuration named nowhere") { try plans.configuration("c") }
    }

    @Test func `plans of older versions get their architecture after inheritance`() throws {
        let old: OrderedJSON = [
            "UNet_class_name": "ResidualEncoderUNet", "UNet_base_num_features": 32, "unet_max_num_features": 100,
            "n_conv_per_stage_encoder": [1, 3, 4], "n_conv_per_stage_decoder": [1, 1], "num_pool_per_axis": [2, 2],
            "pool_op_kernel_sizes": [[1, 1], [2, 2], [2, 2]], "conv_kernel_sizes": [[3, 3], [3, 3], [3, 3]],
        ]
        let members = try #require(TestModel.configuration.setting("architecture", nil).members) + (old.members ?? [])
        let plans = try plans {
            $0.setting("configurations.old", .object(members)).setting(
                "configurations.new", ["inherits_from": "old", "unet_max_num_features": 50])
        }
        let network = try plans.configuration("new").unet(inputChannels: 2, heads: 5, path: "plans.json")
        #expect(
            network
                == UNetArchitecture(
                    family: .residualEncoderUNet, inputChannels: 2, heads: 5, spatialDimensions: 2,
                    encoder: .init(
                        featuresPerStage: [32, 50, 50], kernelSizes: [[3, 3], [3, 3], [3, 3]],
                        strides: [[1, 1], [2, 2], [2, 2]], blocksPerStage: [1, 3, 4]),
                    decoderConvolutionsPerStage: [1, 1]))
        #expect(plans.json["configurations"]?["old"]?["architecture"] == nil, "what is written again stays in the old form")
        let other = try self.plans { $0.setting("configurations.old", .object(members).setting("UNet_class_name", "MyUNet")) }
        expectRefusal("UNet_class_name = MyUNet is not supported") { try other.configuration("old") }
    }

    @Test func `intensities are also found under their older name`() throws {
        let properties = try plans {
            $0.setting("foreground_intensity_properties_per_channel", nil)
                .setting("foreground_intensity_properties_by_modality", ["0": TestModel.intensities, "1": TestModel.intensities])
        }.intensityProperties
        #expect(properties == Array(repeating: .init(mean: 1, std: 2.5, percentile005: -1, percentile995: 3), count: 2))
    }

    @Test func `scalars stand for every stage and axis`() throws {
        let network = try plans { $0 }.configuration("2d").unet(inputChannels: 1, heads: 2, path: "plans.json")
        #expect(network.encoder.kernelSizes == [[3, 3], [3, 3], [3, 3]])
        #expect(network.encoder.strides == [[1, 1], [2, 2], [2, 1]])
        #expect(network.encoder.blocksPerStage == [1, 1, 1])
        #expect(network.block.nonlinearity == .leakyReLU(slope: 0.01))
    }

    @Test func `nnssl's short name ResEncL is its residual encoder`() throws {
        let plans = try plans {
            $0.setting("configurations.2d.architecture", ["network_class_name": "ResEncL"]).setting(
                "configurations.2d.patch_size", [64, 64])
        }
        let network = try plans.configuration("2d").unet(inputChannels: 1, heads: 2, path: "plans.json")
        #expect(network.encoder.blocksPerStage == [1, 3, 4, 6, 6, 6])
        #expect(try network.graph().totalStride == [32, 32])
    }

    @Test(
        arguments: [
            ("architecture.network_class_name", "some.where.PrimusM", "the network PrimusM of configuration 2d"),
            ("architecture.network_class_name", "a.OtherUNet", "PlainConvUNet, ResidualEncoderUNet"),
            ("architecture.arch_kwargs.conv_op", "torch.nn.Conv3d", "conv_op = Conv3d is not supported; supported: Conv2d"),
            ("architecture.arch_kwargs.norm_op", "torch.nn.GroupNorm", "supported: InstanceNorm2d, BatchNorm2d"),
            ("architecture.arch_kwargs.nonlin", "torch.nn.GELU", "the activation GELU is not supported"),
            ("architecture.arch_kwargs.pool", "max", "arch_kwargs.pool = the text 'max' is not supported"),
            ("architecture.arch_kwargs.n_stages", 70, "2 to 64 stages"),
            ("architecture.arch_kwargs.features_per_stage", [2, 3], "expected 3 entries"),
            ("architecture.arch_kwargs.kernel_sizes", [[3, 3], [3, 3], [3]], "expected 2 sizes"),
            ("architecture.arch_kwargs.kernel_sizes", 4, "even kernel sizes"),
            ("architecture.arch_kwargs.strides", [[1, 2], 2, [2, 1]], "a stride in the first stage, [1, 2]"),
            ("patch_size", [16, 9], "multiples of [4, 2]"),
            ("patch_size", [16, 0], "two or three sizes in voxels"),
            ("spacing", [nil, nil], "spacing[0]: expected a finite number, found null"),
            ("spacing", [1.0, 1.0, 1.0, 1.0], "two or three sizes in mm"),
            ("preprocessor_name", "MyPreprocessor", "supported: DefaultPreprocessor"),
            ("normalization_schemes", ["MyNormalization"], "normalization_schemes[0] = MyNormalization"),
            ("resampling_fn_data", "my_resampling", "resampling_fn_data = my_resampling"),
            ("resampling_fn_data_kwargs.sharpness", 3, "an argument that resample_data_or_seg_to_shape has"),
            ("resampling_fn_seg_kwargs.order", 7, "a spline order from 0 to 5"),
        ] as [(String, OrderedJSON, String)]) func `what would compute something else is refused by name`(
            _ key: String, _ value: OrderedJSON, _ reason: String
        ) throws
    {
        let plans = try plans { $0.setting("configurations.2d." + key, value) }
        expectRefusal(reason) { try plans.configuration("2d").network(inputChannels: 1, heads: 2, path: "plans.json") }
    }

    @Test func `bottleneck blocks have inner channels for every stage, and no other block is taken`() throws {
        let arguments = "configurations.2d.architecture.arch_kwargs."
        func encoder(_ block: String, _ channels: OrderedJSON?) throws -> UNetArchitecture.Encoder {
            try plans {
                $0.setting("configurations.2d.architecture.network_class_name", "some.where.ResidualUNet")
                    .setting(arguments + "n_conv_per_stage", nil).setting(arguments + "n_blocks_per_stage", [1, 1, 1])
                    .setting(arguments + "block", .string("some.where." + block)).setting(arguments + "bottleneck_channels", channels)
            }.configuration("2d").unet(inputChannels: 1, heads: 2, path: "plans.json").encoder
        }
        #expect(try encoder("BottleneckD", [4, 6, 8]).bottleneckChannels == [4, 6, 8])
        #expect(try encoder("BottleneckD", 5).bottleneckChannels == [5, 5, 5])
        #expect(try encoder("BasicBlockD", 5).bottleneckChannels == nil)
        expectRefusal("bottleneck_channels: expected") { try encoder("BottleneckD", nil) }
        expectRefusal("the residual block OddBlock is not supported; supported: BasicBlockD, BottleneckD") { try encoder("OddBlock", 5) }
    }

    @Test func `resampling arguments that are missing have the functions' own defaults`() throws {
        let plans = try plans {
            $0.setting("configurations.2d.resampling_fn_data_kwargs", [:])
                .setting("configurations.2d.resampling_fn_seg", "resample_torch_fornnunet")
                .setting("configurations.2d.resampling_fn_seg_kwargs", ["is_seg": true, "memefficient_seg_resampling": true])
                .setting("configurations.2d.resampling_fn_probabilities", "no_resampling_hack")
                .setting("configurations.2d.resampling_fn_probabilities_kwargs", [:])
        }
        let resampling = try plans.configuration("2d").resampling
        #expect(resampling.data == ResamplingFunction(kind: .spline, order: 3, orderZ: 0, forceSeparateZ: false))
        #expect(
            resampling.segmentation
                == ResamplingFunction(kind: .torch, isSegmentation: true, forceSeparateZ: nil, memoryEfficientSegmentation: true))
        #expect(resampling.probabilities.kind == .none)
        #expect(try self.plans { $0 }.configuration("2d").resampling.data.forceSeparateZ == nil, "null decides by the spacing")
    }

    @Test func `torch's modes are PyTorch's, or refused`() throws {
        let key = "configurations.2d.resampling_fn_probabilities"
        func resampling(_ arguments: OrderedJSON) throws -> ResamplingFunction {
            try plans { $0.setting(key, "resample_torch_fornnunet").setting(key + "_kwargs", arguments) }.configuration("2d").resampling
                .probabilities
        }
        let usual: OrderedJSON = ["is_seg": false, "mode": "linear", "aniso_axis_mode": "nearest-exact", "num_threads": 4, "device": nil]
        #expect(try resampling(usual) == ResamplingFunction(kind: .torch, forceSeparateZ: nil))
        #expect(try resampling(usual.setting("mode", "nearest")).planeMode == .nearest)
        #expect(try resampling(usual.setting("aniso_axis_mode", "trilinear")).separateMode == .linear)
        expectRefusal("mode = bicubic is not supported; supported: linear, bilinear, nearest, nearest-exact") {
            try resampling(usual.setting("mode", "bicubic"))
        }
        expectRefusal("aniso_axis_mode = area is not supported") { try resampling(usual.setting("aniso_axis_mode", "area")) }
    }

    @Test(
        arguments: [
            ("transpose_forward", [0, 1, 1], "a permutation of 0, 1, 2"), ("label_manager", "MyManager", "supported: LabelManager"),
            ("transpose_forward", [1, 2, 0], "the inverse of transpose_forward, [1, 2, 0]"),
            ("image_reader_writer", nil, "image_reader_writer: expected a value, found no such key"), ("configurations", 3, "an object"),
        ] as [(String, OrderedJSON?, String)]) func `plans with a wrong entry are refused`(
            _ key: String, _ value: OrderedJSON?, _ reason: String
        ) throws
    {
        expectRefusal(reason) { try plans { $0.setting(key, value) } }
    }

    private func plans(_ change: (OrderedJSON) -> OrderedJSON) throws -> Plans {
        try Plans(json: change(TestModel().plans), path: "plans.json")
    }

    private func expectRefusal<T>(_ reason: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> T) {
        let error = #expect(throws: Problem.self, sourceLocation: sourceLocation) { try body() }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")", sourceLocation: sourceLocation)
        #expect(error?.description.hasPrefix("plans.json: ") == true, sourceLocation: sourceLocation)
    }
}
