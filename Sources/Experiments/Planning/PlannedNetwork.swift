import Plans
import PythonFormats

/// A U-Net as a planner describes it: nnU-Net's blocks and features by stage, on a topology.
package struct PlannedNetwork: Sendable, Hashable {
    /// nnU-Net's network classes that planners know.
    package enum Family: Sendable, Hashable {
        case plain
        case residualEncoder

        /// The convolutions of a stage of the plain encoder, or the blocks of one of the residual encoder.
        fileprivate func encoderCounts(_ stages: Int) -> [Int] {
            switch self {
            case .plain: Array(repeating: 2, count: stages)
            case .residualEncoder: (0..<stages).map { [1, 3, 4][safe: $0] ?? 6 }
            }
        }

        /// The convolutions of a stage of the decoder.
        fileprivate var decoderCount: Int { self == .plain ? 2 : 1 }

        /// The most stages that upstream's lists of counts reach.
        package var mostStages: Int { self == .plain ? 14 : 13 }

        fileprivate var className: String { self == .plain ? "PlainConvUNet" : "ResidualEncoderUNet" }
        fileprivate var encoderKey: String { self == .plain ? "n_conv_per_stage" : "n_blocks_per_stage" }
    }

    /// The network's class.
    package let family: Family
    /// Its strides and kernels.
    package let topology: NetworkTopology

    /// Puts a class on a topology.
    package init(family: Family, topology: NetworkTopology) {
        self.family = family
        self.topology = topology
    }

    private var stageCount: Int { topology.strides.count }
    private var axisCount: Int { topology.patch.count }

    /// The channels of each stage: doubled from 32 on, to at most 512 of a planar network and 320 of another.
    private var features: [Int] { (0..<stageCount).map { min(axisCount == 2 ? 512 : 320, 32 << $0) } }

    /// How many numbers all convolutions put out for one patch; what nnU-Net judges the memory of training by.
    ///
    /// Upstream builds the network to ask it; this is the same sum.
    ///
    /// - Parameter labelCount: the entries of `labels` in dataset.json, background and ignore included.
    /// - Returns: elements.
    package func featureMapSize(labelCount: Int) -> Double {
        let encoder = family.encoderCounts(stageCount)
        var (size, voxels) = (topology.patch, [Double]())
        for stride in topology.strides {
            size = zip(size, stride).map { $0 / $1 }
            voxels.append(size.reduce(1) { $0 * Double($1) })
        }
        var total = Double(labelCount) * voxels[0]
        if family == .residualEncoder { total += Double(features[0]) * voxels[0] }
        for stage in 0..<stageCount {
            var layers = encoder[stage]
            if family == .residualEncoder {
                // Two convolutions a block, and one on the way past it where a stage changes channels or size.
                let changes = stage > 0 && (features[stage] != features[stage - 1] || topology.strides[stage].contains { $0 > 1 })
                layers = 2 * layers + (changes ? 1 : 0)
            }
            if stage + 1 < stageCount { layers += family.decoderCount + 1 }
            total += Double(layers * features[stage]) * voxels[stage]
        }
        return total
    }

    /// `architecture` of plans.json.
    var json: OrderedJSON {
        let axes = "\(axisCount)d"
        return [
            "network_class_name": .string("dynamic_network_architectures.architectures.unet." + family.className),
            "arch_kwargs": [
                "n_stages": .integer(stageCount), "features_per_stage": .integers(features),
                "conv_op": .string("torch.nn.modules.conv.Conv" + axes),
                "kernel_sizes": .array(topology.kernelSizes.map(OrderedJSON.integers)),
                "strides": .array(topology.strides.map(OrderedJSON.integers)),
                family.encoderKey: .integers(family.encoderCounts(stageCount)),
                "n_conv_per_stage_decoder": .integers(Array(repeating: family.decoderCount, count: stageCount - 1)), "conv_bias": true,
                "norm_op": .string("torch.nn.modules.instancenorm.InstanceNorm" + axes),
                "norm_op_kwargs": ["eps": 1e-5, "affine": true], "dropout_op": nil, "dropout_op_kwargs": nil,
                "nonlin": "torch.nn.LeakyReLU", "nonlin_kwargs": ["inplace": true],
            ],
            "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
        ]
    }
}

extension OrderedJSON {
    /// A list of integers.
    static func integers(_ values: [Int]) -> OrderedJSON { .array(values.map(OrderedJSON.integer)) }

    /// A list of numbers, with a fraction even where it is zero.
    static func numbers(_ values: [Double]) -> OrderedJSON { .array(values.map(OrderedJSON.number)) }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
