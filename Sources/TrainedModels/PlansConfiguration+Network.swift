package import Files
package import Networks
package import Plans
import PythonFormats

extension PlansConfiguration {
    /// What is run, for error texts.
    static let supportedNetworks = "PlainConvUNet, ResidualEncoderUNet, ResidualUNet, UMambaBot, UMambaEnc"

    /// The network as the plans describe it, or the one of U-Mamba's that was trained with these plans.
    ///
    /// - Parameters:
    ///   - inputChannels: those of the image and, in a cascade, of the labels before it.
    ///   - heads: labels with background, or regions.
    ///   - uMamba: where the checkpoint has Mamba layers; nil where it has none.
    ///   - isBatchNormalized: whether the trainer replaced the plans' normalisation by PyTorch's usual BatchNorm.
    ///   - path: the plans.json, for errors only.
    /// - Throws: `Problem.unsupported` for anything that would compute something else than is described.
    /// - Returns: the graph, without lower resolutions' heads.
    package func network(
        inputChannels: Int, heads: Int, uMamba: UMambaArchitecture.Family? = nil, isBatchNormalized: Bool = false, path: String
    ) throws(Problem) -> NetworkGraph {
        var unet = try unet(inputChannels: inputChannels, heads: heads, path: path)
        if isBatchNormalized { unet.block.normalization = .batch(epsilon: 1e-5, affine: true) }
        let network: NetworkGraph
        do throws(Problem) {
            if let uMamba {
                network = try UMambaArchitecture(family: uMamba, unet: unet, patch: patchSize).graph()
            } else {
                network = try unet.graph()
            }
        } catch {
            throw error.at(path).adding("configuration \(name) asks for it")
        }
        for (size, stride) in zip(patchSize, network.totalStride) where size % stride != 0 {
            throw .mismatch(
                path: path, item: "configurations.\(name).patch_size", expected: "multiples of \(network.totalStride)",
                found: "\(patchSize)", advice: "restore the plans.json that nnU-Net wrote")
        }
        return network
    }

    /// One of nnU-Net's U-Nets; dotted names count by their last part, scalars stand for every stage.
    package func unet(inputChannels: Int, heads: Int, path: String) throws(Problem) -> UNetArchitecture {
        let architecture = JSONField(file: path, name: "configurations.\(name).architecture", value: architecture)
        let network = className(of: try architecture.required("network_class_name").string())
        if network == "ResEncL" { return residualEncoderL(inputChannels: inputChannels, heads: heads) }
        guard let family = UNetArchitecture.Family(rawValue: network) else {
            throw .unsupported(path: path, found: "the network \(network) of configuration \(name)", supported: Self.supportedNetworks)
        }
        let arguments = ArchitectureArguments(try architecture.required("arch_kwargs"), dimensions: patchSize.count)
        try arguments.refuseUnknown(family)
        try arguments.requireOperator("conv_op", ["Conv"])
        let stages = try arguments.stageCount()
        return UNetArchitecture(
            family: family, inputChannels: inputChannels, heads: heads, spatialDimensions: patchSize.count,
            encoder: try arguments.encoder(of: family, stages: stages),
            decoderConvolutionsPerStage: try arguments.integers("n_conv_per_stage_decoder", count: stages - 1),
            block: try arguments.block())
    }

    /// The network that nnssl's plans call ResEncL.
    private func residualEncoderL(inputChannels: Int, heads: Int) -> UNetArchitecture {
        let dimensions = patchSize.count
        let stages = 6
        return UNetArchitecture(
            family: .residualEncoderUNet, inputChannels: inputChannels, heads: heads, spatialDimensions: dimensions,
            encoder: .init(
                featuresPerStage: [32, 64, 128, 256, 320, 320],
                kernelSizes: Array(repeating: Array(repeating: 3, count: dimensions), count: stages),
                strides: (0..<stages).map { Array(repeating: $0 == 0 ? 1 : 2, count: dimensions) }, blocksPerStage: [1, 3, 4, 6, 6, 6]),
            decoderConvolutionsPerStage: [1, 1, 1, 1, 1])
    }
}

/// `arch_kwargs`, read as the constructors of dynamic_network_architectures read them.
private struct ArchitectureArguments {
    let field: JSONField
    let dimensions: Int

    init(_ field: JSONField, dimensions: Int) {
        self.field = field
        self.dimensions = dimensions
    }

    /// An argument that the class doesn't have is an error in Python, too; here it might also silently change the network.
    func refuseUnknown(_ family: UNetArchitecture.Family) throws(Problem) {
        var known: Set = [
            "n_stages", "features_per_stage", "conv_op", "kernel_sizes", "strides", "n_conv_per_stage_decoder", "conv_bias", "norm_op",
            "norm_op_kwargs", "dropout_op", "dropout_op_kwargs", "nonlin", "nonlin_kwargs", "deep_supervision",
        ]
        known.formUnion(
            family == .plainConvUNet
                ? ["n_conv_per_stage", "nonlin_first"] : ["n_blocks_per_stage", "block", "bottleneck_channels", "stem_channels"])
        for (key, argument) in try field.members() where !known.contains(key) && argument.value != .null {
            throw .unsupported(
                path: field.file, found: "\(argument.name) = \(argument.value.kind)", supported: known.sorted().joined(separator: ", "))
        }
    }

    func stageCount() throws(Problem) -> Int {
        let stages = try field.required("n_stages")
        guard 2...64 ~= (try stages.integer()) else { throw stages.failure(expected: "2 to 64 stages") }
        return try stages.integer()
    }

    func integers(_ key: String, count: Int) throws(Problem) -> [Int] {
        let argument = try field.required(key)
        if let scalar = argument.value.integer { return Array(repeating: scalar, count: count) }
        let values = try argument.integers()
        guard values.count == count else { throw argument.failure(expected: "\(count) entries") }
        return values
    }

    /// One size for each stage and axis; a number stands for all axes, and outside the list for all stages.
    func sizes(_ key: String, count: Int) throws(Problem) -> [[Int]] {
        let argument = try field.required(key)
        if let scalar = argument.value.integer {
            return Array(repeating: Array(repeating: scalar, count: dimensions), count: count)
        }
        var sizes: [[Int]] = []
        for stage in try argument.elements() {
            let axes = if let scalar = stage.value.integer { Array(repeating: scalar, count: dimensions) } else { try stage.integers() }
            guard axes.count == dimensions else { throw stage.failure(expected: "\(dimensions) sizes") }
            sizes.append(axes)
        }
        guard sizes.count == count else { throw argument.failure(expected: "\(count) entries") }
        return sizes
    }

    /// nnU-Net's networks only ask whether a flag is true.
    func flag(_ key: String) -> Bool { field.optional(key)?.isTrue ?? false }

    func encoder(of family: UNetArchitecture.Family, stages: Int) throws(Problem) -> UNetArchitecture.Encoder {
        try UNetArchitecture.Encoder(
            featuresPerStage: integers("features_per_stage", count: stages), kernelSizes: sizes("kernel_sizes", count: stages),
            strides: sizes("strides", count: stages),
            blocksPerStage: integers(family == .plainConvUNet ? "n_conv_per_stage" : "n_blocks_per_stage", count: stages),
            stemChannels: field.present("stem_channels")?.integer(), bottleneckChannels: bottleneckChannels(stages: stages))
    }

    /// The inner channels of BottleneckD blocks; nil for BasicBlockD, the default.
    private func bottleneckChannels(stages: Int) throws(Problem) -> [Int]? {
        guard let block = field.present("block") else { return nil }
        switch className(of: try block.string()) {
        case "BasicBlockD": return nil
        case "BottleneckD": return try integers("bottleneck_channels", count: stages)
        case let name:
            throw .unsupported(path: field.file, found: "the residual block \(name)", supported: "BasicBlockD, BottleneckD")
        }
    }

    func block() throws(Problem) -> UNetArchitecture.Block {
        try UNetArchitecture.Block(
            convolutionBias: flag("conv_bias"), normalization: normalization(), nonlinearity: nonlinearity(),
            nonlinearityFirst: flag("nonlin_first"))
    }

    /// Checks an operator's class, for example `Conv` for `torch.nn.modules.conv.Conv3d` in a 3D configuration, and gives the match.
    @discardableResult
    func requireOperator(_ key: String, _ supported: [String]) throws(Problem) -> String {
        let argument = try field.required(key)
        let name = className(of: try argument.string())
        guard let match = supported.first(where: { "\($0)\(dimensions)d" == name }) else {
            throw .unsupported(
                path: field.file, found: "\(argument.name) = \(name)",
                supported: supported.map { "\($0)\(dimensions)d" }.joined(separator: ", "))
        }
        return match
    }

    func normalization() throws(Problem) -> NetworkGraph.Normalization? {
        guard field.present("norm_op") != nil else { return nil }
        let kind = try requireOperator("norm_op", ["InstanceNorm", "BatchNorm"])
        let arguments = field.present("norm_op_kwargs")
        let epsilon = Float(try arguments?.optional("eps")?.finite() ?? 1e-5)
        let affine = arguments?.optional("affine")?.isTrue
        // Predicting, PyTorch normalises by running statistics where they are tracked and by the image's own where not, whatever the class.
        return arguments?.optional("track_running_stats")?.isTrue ?? (kind == "BatchNorm")
            ? .batch(epsilon: epsilon, affine: affine ?? (kind == "BatchNorm"))
            : .instance(epsilon: epsilon, affine: affine ?? (kind == "BatchNorm"))
    }

    func nonlinearity() throws(Problem) -> NetworkGraph.Activation? {
        guard let argument = field.present("nonlin") else { return nil }
        switch className(of: try argument.string()) {
        case "LeakyReLU":
            return .leakyReLU(slope: Float(try field.present("nonlin_kwargs")?.optional("negative_slope")?.finite() ?? 0.01))
        case "ReLU": return .reLU
        case let name: throw .unsupported(path: field.file, found: "the activation \(name)", supported: "LeakyReLU, ReLU")
        }
    }
}
