import Tensors

/// Turns an architecture into layers. Offsets of activations are tensor numbers until `finish` places them.
struct NetworkPlanner {
    /// A tensor as later layers read it.
    struct Feature {
        var operand: ActivationOperand
        var size: [Int]
    }

    /// What follows a convolution.
    struct Block {
        var normalization: String?
        var isNormalized = true
        var isActivated = true
        var hasBias: Bool
    }

    let architecture: NetworkArchitecture
    let kernels: KernelSet
    let threads: Int
    private var memory = MemoryPlan()
    private var layers: [PlannedLayer] = []
    private var recipes: [WeightRecipe] = []
    private var weightCount = 0
    private var scratchCount = 0

    init(architecture: NetworkArchitecture, kernels: KernelSet, threads: Int) {
        self.architecture = architecture
        self.kernels = kernels
        self.threads = threads
    }

    /// Three sizes; 2D gets depth 1.
    private func three(_ sizes: [Int]) -> [Int] { [Int](repeating: 1, count: 3 - sizes.count) + sizes }

    // MARK: Networks

    /// Plans every layer for a patch of three sizes.
    mutating func plan(patch: [Int]) {
        var feature = Feature(operand: ActivationOperand(offset: 0, channels: architecture.inputChannels), size: patch)
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
                    stride: index == 0 ? stride : [1, 1, 1])
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
        let up = convolution(
            "decoder.transpconvs.\(step)",
            Convolution(
                inputChannels: [lower.operand.channels], outputChannels: channels, input: lower.size, kernel: stride, stride: stride,
                isTransposed: true), [lower], after: Block(isNormalized: false, isActivated: false, hasBias: architecture.convolutionBias))
        var feature = up
        for index in 0..<architecture.decoderConvolutionsPerStage[step] {
            feature = block(
                "decoder.stages.\(step).convs.\(index)", index == 0 ? [up, skip] : [feature], channels: channels,
                kernel: three(architecture.kernelSizes[stage]), stride: [1, 1, 1])
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

    // MARK: Layers

    /// A convolution, its normalisation and its activation.
    private mutating func block(
        _ name: String, _ inputs: [Feature], channels: Int, kernel: [Int], stride: [Int], hasBias: Bool? = nil, isActivated: Bool = true
    ) -> Feature {
        convolution(
            name + ".conv",
            Convolution(
                inputChannels: inputs.map(\.operand.channels), outputChannels: channels, input: inputs[0].size, kernel: kernel,
                stride: stride, hasPlainInput: layers.isEmpty), inputs,
            after: Block(normalization: name + ".norm", isActivated: isActivated, hasBias: hasBias ?? architecture.convolutionBias))
    }

    private mutating func convolution(_ name: String, _ convolution: Convolution, _ inputs: [Feature], after block: Block) -> Feature {
        let step = layers.count
        let method = MethodChoice(kernels: kernels, threads: threads).method(for: convolution)
        let plan = ConvolutionPlan(kernels: kernels, convolution: convolution, method: method)
        scratchCount = max(scratchCount, plan.scratchCount)
        if !convolution.hasPlainInput { for input in inputs { memory.use(input.operand.offset, step: step) } }

        let padded = kernels.blocks(convolution.outputChannels) * kernels.block
        let normalization = block.isNormalized ? architecture.normalization : nil
        let slope = block.isActivated ? architecture.nonlinearity?.slope ?? 1 : 1
        let activatesOnStore = normalization == nil || architecture.nonlinearityFirst
        let addsBias = block.hasBias && activatesOnStore

        let shape =
            convolution.isTransposed
            ? [convolution.inputChannels.reduce(0, +), convolution.outputChannels]
            : [convolution.outputChannels, convolution.inputChannels.reduce(0, +)]
        var recipe = WeightRecipe(
            convolution: name, shape: shape + convolution.kernel.suffix(architecture.spatialDimensions), hasBias: block.hasBias,
            normalization: normalization == nil ? nil : block.normalization, kind: normalization, plan: plan,
            packed: weights(plan.weightCount), bias: addsBias ? weights(padded) : nil)

        var affine: ActivationOperand.Affine?
        var statistics: PlannedLayer.InstanceStatistics?
        switch normalization {
        case .instance(let epsilon, let isAffine):
            recipe.gamma = isAffine ? weights(convolution.outputChannels) : nil
            recipe.beta = isAffine ? weights(convolution.outputChannels) : nil
            let scale = memory.tensor(count: padded, step: step), shift = memory.tensor(count: padded, step: step)
            memory.keep(scale)
            memory.keep(shift)
            statistics = .init(epsilon: epsilon, gamma: recipe.gamma, beta: recipe.beta, scale: scale, shift: shift)
            affine = .init(isConstant: false, scale: scale, shift: shift, slope: activatesOnStore ? 1 : slope)
        case .batch:
            let scale = weights(padded), shift = weights(padded)
            recipe.scale = scale
            recipe.shift = shift
            affine = .init(isConstant: true, scale: scale, shift: shift, slope: activatesOnStore ? 1 : slope)
        case nil: break
        }
        recipes.append(recipe)

        let positions = convolution.output.reduce(1, *)
        let output = convolution.hasPlainOutput ? 0 : memory.tensor(count: padded * positions, step: step)
        let operands = ConvolutionOperands(
            sources: inputs.map(\.operand), weights: recipe.packed, bias: recipe.bias, storeSlope: activatesOnStore ? slope : 1,
            output: output, statistics: statistics == nil ? nil : memory.tensor(count: plan.statisticsCount, step: step),
            sharedInput: memory.tensor(count: plan.sharedInputCount, step: step),
            sharedOutput: memory.tensor(count: plan.sharedOutputCount, step: step))
        let read = inputs.reduce(0) { $0 + $1.operand.channels * $1.size.reduce(1, *) }
        layers.append(
            PlannedLayer(
                name: name, operation: .convolution(plan, operands, statistics),
                outputShape: [convolution.outputChannels] + convolution.output.suffix(architecture.spatialDimensions),
                bytes: 4 * (read + convolution.outputChannels * positions + plan.weightCount)))
        return Feature(
            operand: ActivationOperand(offset: output, channels: convolution.outputChannels, affine: affine), size: convolution.output)
    }

    private mutating func pool(_ name: String, _ input: Feature, window: [Int]) -> Feature {
        let step = layers.count
        memory.use(input.operand.offset, step: step)
        let size = zip(input.size, window).map(/), positions = size.reduce(1, *)
        let output = memory.tensor(count: kernels.blocks(input.operand.channels) * kernels.block * positions, step: step)
        layers.append(
            PlannedLayer(
                name: name, operation: .pooling(PoolingPlan(source: input.operand, input: input.size, window: window, output: output)),
                outputShape: [input.operand.channels] + size.suffix(architecture.spatialDimensions),
                bytes: 4 * input.operand.channels * (input.size.reduce(1, *) + positions)))
        return Feature(operand: ActivationOperand(offset: output, channels: input.operand.channels), size: size)
    }

    /// The sum replaces `first`, which nothing else reads.
    private mutating func add(_ name: String, _ first: Feature, _ second: Feature) -> Feature {
        let step = layers.count
        memory.use(first.operand.offset, step: step)
        memory.use(second.operand.offset, step: step)
        let positions = first.size.reduce(1, *), channels = first.operand.channels
        let slope = architecture.nonlinearity?.slope ?? 1
        layers.append(
            PlannedLayer(
                name: name + ".addition",
                operation: .addition(
                    AdditionPlan(
                        first: first.operand, second: second.operand, count: positions, slope: slope, output: first.operand.offset)),
                outputShape: [channels] + first.size.suffix(architecture.spatialDimensions), bytes: 12 * channels * positions))
        return Feature(operand: ActivationOperand(offset: first.operand.offset, channels: channels), size: first.size)
    }

    /// Room for `count` floats among the weights.
    private mutating func weights(_ count: Int) -> Int {
        defer { weightCount += (count + 63) / 64 * 64 }
        return weightCount
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
        let placedLayers = layers.map { layer in
            var layer = layer
            switch layer.operation {
            case .convolution(let plan, var operands, var statistics):
                operands.sources = operands.sources.map(placed)
                operands.output = offsets[operands.output]
                operands.statistics = operands.statistics.map { offsets[$0] }
                operands.sharedInput = offsets[operands.sharedInput]
                operands.sharedOutput = offsets[operands.sharedOutput]
                if let own = statistics {
                    statistics?.scale = offsets[own.scale]
                    statistics?.shift = offsets[own.shift]
                }
                layer.operation = .convolution(plan, operands, statistics)
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
