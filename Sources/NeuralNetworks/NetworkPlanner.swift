import Tensors

/// Turns an architecture into layers. Offsets of activations are tensor numbers until `finish` places them.
struct NetworkPlanner {
    /// A tensor as later layers read it.
    struct Feature {
        var operand: ActivationOperand
        var size: [Int]

        /// Places in depth beyond what the tensor needs.
        var spare: Int { operand.layout.planes - size[0] }
    }

    /// What follows a convolution.
    struct Block {
        var normalization: String?
        var isNormalized = true
        var isActivated = true
        var hasBias: Bool
        /// Nothing else reads the inputs: the output may follow one of them through its memory.
        var ownsInputs = false
        /// The output may get room in depth for a reader that follows it.
        var leavesRoom = false
    }

    /// A transposed convolution that is computed slab by slab with the layer that reads it.
    struct Upsampling {
        var step: PlannedLayer.ConvolutionStep
        var bytes: Int
    }

    let architecture: NetworkArchitecture
    let kernels: KernelSet
    let threads: Int
    let methods: MethodChoice
    var memory = MemoryPlan()
    var layers: [PlannedLayer] = []
    var recipes: [WeightRecipe] = []
    var upsampling: Upsampling?
    var weightCount = 0
    var scratchCount = 0

    init(architecture: NetworkArchitecture, patch: [Int], kernels: KernelSet, threads: Int) {
        self.architecture = architecture
        self.kernels = kernels
        self.threads = threads
        methods = MethodChoice(kernels: kernels, threads: threads, patch: patch)
    }

    /// Three sizes; 2D gets depth 1.
    private func three(_ sizes: [Int]) -> [Int] { [Int](repeating: 1, count: 3 - sizes.count) + sizes }

    // MARK: Networks

    /// Plans every layer for a patch of three sizes.
    mutating func plan(patch: [Int]) {
        var feature = Feature(
            operand: ActivationOperand(offset: 0, channels: architecture.inputChannels, layout: PlaneLayout(planes: patch[0])), size: patch)
        var skips: [Feature] = []
        if architecture.family == .residualEncoderUNet {
            feature = block(
                "encoder.stem.convs.0", [feature], channels: architecture.stemChannels ?? architecture.featuresPerStage[0],
                kernel: three(architecture.kernelSizes[0]), stride: [1, 1, 1])
        }
        for stage in 0..<architecture.stageCount {
            feature = encoderStage(stage, feature)
            skips.append(feature)
        }
        for step in 0..<(architecture.stageCount - 1) {
            feature = decoderStage(step, feature, skip: skips[architecture.stageCount - 2 - step])
        }
        head("decoder.seg_layers.\(architecture.stageCount - 2)", feature)
    }

    private mutating func encoderStage(_ stage: Int, _ input: Feature) -> Feature {
        let channels = architecture.featuresPerStage[stage]
        let kernel = three(architecture.kernelSizes[stage]), stride = three(architecture.strides[stage])
        var feature = input
        switch architecture.family {
        case .plainConvUNet:
            for index in 0..<architecture.convolutionsPerStage[stage] {
                feature = block(
                    "encoder.stages.\(stage).0.convs.\(index)", [feature], channels: channels, kernel: kernel,
                    stride: index == 0 ? stride : [1, 1, 1], ownsInputs: index > 0, leavesRoom: true)
            }
        case .residualEncoderUNet:
            for index in 0..<architecture.blocksPerStage[stage] {
                feature = residualBlock(
                    "encoder.stages.\(stage).blocks.\(index)", feature, channels: channels, kernel: kernel,
                    stride: index == 0 ? stride : [1, 1, 1])
            }
        }
        return feature
    }

    /// BasicBlockD: out = nonlin(conv2(conv1(x)) + skip(x)).
    private mutating func residualBlock(_ name: String, _ input: Feature, channels: Int, kernel: [Int], stride: [Int]) -> Feature {
        let inner = block(name + ".conv1", [input], channels: channels, kernel: kernel, stride: stride)
        let last = block(name + ".conv2", [inner], channels: channels, kernel: kernel, stride: [1, 1, 1], isActivated: false)
        var skip = input
        let isPooled = stride != [1, 1, 1]
        if isPooled { skip = pool(name + ".skip.0", skip, window: stride) }
        if input.operand.channels != channels {
            skip = block(
                name + ".skip.\(isPooled ? 1 : 0)", [skip], channels: channels, kernel: [1, 1, 1], stride: [1, 1, 1], hasBias: false,
                isActivated: false)
        }
        return add(name, last, skip)
    }

    private mutating func decoderStage(_ step: Int, _ lower: Feature, skip: Feature) -> Feature {
        let stage = architecture.stageCount - 2 - step
        let channels = architecture.featuresPerStage[stage]
        let stride = three(architecture.strides[stage + 1])
        let kernel = three(architecture.kernelSizes[stage])
        let names = (0..<architecture.decoderConvolutionsPerStage[step]).map { "decoder.stages.\(step).convs.\($0)" }
        let reader = Convolution(
            inputChannels: [channels, skip.operand.channels], outputChannels: channels, input: skip.size, kernel: kernel)
        var feature = upsampled("decoder.transpconvs.\(step)", lower, stride: stride, skip: skip, reader: reader, named: names[0])
        for name in names.dropFirst() {
            feature = block(
                name, [feature], channels: channels, kernel: kernel, stride: [1, 1, 1], ownsInputs: true, leavesRoom: true)
        }
        return feature
    }

    private mutating func head(_ name: String, _ input: Feature) {
        _ = convolution(
            name,
            Convolution(
                inputChannels: [input.operand.channels], outputChannels: architecture.heads, input: input.size, kernel: [1, 1, 1],
                hasPlainOutput: true), [input], after: Block(isNormalized: false, isActivated: false, hasBias: true))
    }

    // MARK: Placement

    /// Replaces tensor numbers by offsets.
    mutating func finish() -> NetworkPlan {
        let offsets = memory.place()
        func placed(_ operand: ActivationOperand) -> ActivationOperand {
            var operand = operand
            operand.offset = offsets[operand.offset]
            if let affine = operand.affine, !affine.isConstant {
                operand.affine?.scale = offsets[affine.scale]
                operand.affine?.shift = offsets[affine.shift]
            }
            return operand
        }
        func placed(_ step: PlannedLayer.ConvolutionStep) -> PlannedLayer.ConvolutionStep {
            var step = step
            step.operands.sources = step.operands.sources.map(placed)
            step.operands.output = offsets[step.operands.output]
            step.operands.statistics = step.operands.statistics.map { offsets[$0] }
            step.operands.sharedInput = offsets[step.operands.sharedInput]
            step.operands.sharedOutput = offsets[step.operands.sharedOutput]
            if let own = step.statistics {
                step.statistics?.scale = offsets[own.scale]
                step.statistics?.shift = offsets[own.shift]
            }
            return step
        }
        let placedLayers = layers.map { layer in
            var layer = layer
            switch layer.operation {
            case .convolution(let step, let upsampling):
                layer.operation = .convolution(placed(step), upsampling: upsampling.map(placed))
            case .upsampled(let step, let part, let plan):
                layer.operation = .upsampled(placed(step), part: placed(part), plan: plan)
            case .pooling(var plan):
                plan.source = placed(plan.source)
                plan.output = offsets[plan.output]
                layer.operation = .pooling(plan)
            case .addition(var plan):
                plan.first = placed(plan.first)
                plan.second = placed(plan.second)
                plan.output = offsets[plan.output]
                layer.operation = .addition(plan)
            }
            return layer
        }
        return NetworkPlan(
            layers: placedLayers, recipes: recipes, arenaCount: memory.arenaCount, scratchCount: scratchCount, weightCount: weightCount,
            kernels: kernels)
    }
}
