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
    private let methods: MethodChoice
    private var memory = MemoryPlan()
    private var layers: [PlannedLayer] = []
    private var recipes: [WeightRecipe] = []
    private var upsampling: Upsampling?
    private var weightCount = 0
    private var scratchCount = 0

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
        let reader = Convolution(
            inputChannels: [channels, skip.operand.channels], outputChannels: channels, input: skip.size, kernel: kernel)
        let up = upsample("decoder.transpconvs.\(step)", lower, channels: channels, stride: stride, reader: reader)
        var feature = up
        for index in 0..<architecture.decoderConvolutionsPerStage[step] {
            feature = block(
                "decoder.stages.\(step).convs.\(index)", index == 0 ? [up, skip] : [feature], channels: channels, kernel: kernel,
                stride: [1, 1, 1], ownsInputs: true, leavesRoom: true)
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
        _ name: String, _ inputs: [Feature], channels: Int, kernel: [Int], stride: [Int], hasBias: Bool? = nil, isActivated: Bool = true,
        ownsInputs: Bool = false, leavesRoom: Bool = false
    ) -> Feature {
        convolution(
            name + ".conv",
            Convolution(
                inputChannels: inputs.map(\.operand.channels), outputChannels: channels, input: inputs[0].size, kernel: kernel,
                stride: stride, hasPlainInput: layers.isEmpty), inputs,
            after: Block(
                normalization: name + ".norm", isActivated: isActivated, hasBias: hasBias ?? architecture.convolutionBias,
                ownsInputs: ownsInputs, leavesRoom: leavesRoom))
    }

    /// Least floats of an upsampled tensor worth the slabs' barriers.
    private static let leastUpsampled = 1 << 20

    /// A transposed convolution: with the layer that reads it where both are large, else a layer of its own.
    private mutating func upsample(_ name: String, _ input: Feature, channels: Int, stride: [Int], reader: Convolution) -> Feature {
        let convolution = Convolution(
            inputChannels: [input.operand.channels], outputChannels: channels, input: input.size, kernel: stride, stride: stride,
            isTransposed: true)
        let block = Block(isNormalized: false, isActivated: false, hasBias: architecture.convolutionBias)
        let plan = self.plan(convolution)
        guard channels * convolution.output.reduce(1, *) >= Self.leastUpsampled,
            let (slabs, window) = DepthSchedule(self.plan(reader), threads: threads)?.upsampling(plan), window < convolution.output[0]
        else {
            return self.convolution(name, convolution, [input], after: block)
        }
        var (step, feature) = self.step(name, plan, [input], after: block, outputPlanes: window)
        step.slabs = slabs
        upsampling = Upsampling(step: step, bytes: 4 * (input.operand.channels * input.size.reduce(1, *) + plan.weightCount))
        return feature
    }

    private func plan(_ convolution: Convolution) -> ConvolutionPlan {
        ConvolutionPlan(kernels: kernels, convolution: convolution, method: methods.method(for: convolution))
    }

    private mutating func convolution(_ name: String, _ convolution: Convolution, _ inputs: [Feature], after block: Block) -> Feature {
        let plan = self.plan(convolution), size = convolution.output
        let schedule = DepthSchedule(plan, threads: threads)
        let followed = inputs.first { input in
            guard block.ownsInputs, let schedule else { return false }
            return schedule.lag <= input.spare && kernels.blocks(input.operand.channels) == kernels.blocks(convolution.outputChannels)
        }
        let room = block.leavesRoom ? DepthSchedule.spare(size: size, threads: threads) : 0
        var (step, feature) = self.step(name, plan, inputs, after: block, outputPlanes: size[0] + room, over: followed, by: schedule?.lag)
        let upsampling = self.upsampling
        self.upsampling = nil
        if followed != nil || upsampling != nil { step.slabs = schedule?.slabs }
        // What is upsampled on the way is not read from memory.
        let read = inputs.dropFirst(upsampling == nil ? 0 : 1).reduce(0) { $0 + $1.operand.channels * $1.size.reduce(1, *) }
        layers.append(
            PlannedLayer(
                name: name, operation: .convolution(step, upsampling: upsampling?.step),
                outputShape: [convolution.outputChannels] + size.suffix(architecture.spatialDimensions),
                bytes: 4 * (read + convolution.outputChannels * size.reduce(1, *) + plan.weightCount) + (upsampling?.bytes ?? 0)))
        return feature
    }

    /// One convolution as step `layers.count`, its recipe, and its output.
    ///
    /// - outputPlanes: places in depth of the output, in memory of its own.
    /// - over: an input whose memory the output takes instead, `by` planes behind it.
    private mutating func step(
        _ name: String, _ plan: ConvolutionPlan, _ inputs: [Feature], after block: Block, outputPlanes: Int, over: Feature? = nil,
        by lag: Int? = nil
    ) -> (PlannedLayer.ConvolutionStep, Feature) {
        let step = layers.count, convolution = plan.convolution
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

        var output = 0, layout = PlaneLayout(planes: outputPlanes)
        if let over, let lag {
            let planes = over.operand.layout.planes
            output = over.operand.offset
            layout = PlaneLayout(planes: planes, origin: (over.operand.layout.origin + planes - lag) % planes)
        } else if !convolution.hasPlainOutput {
            output = memory.tensor(count: padded * outputPlanes * convolution.output.dropFirst().reduce(1, *), step: step)
        }
        let operands = ConvolutionOperands(
            sources: inputs.map(\.operand), weights: recipe.packed, bias: recipe.bias, storeSlope: activatesOnStore ? slope : 1,
            output: output, outputLayout: layout,
            statistics: statistics == nil ? nil : memory.tensor(count: plan.statisticsCount, step: step),
            sharedInput: memory.tensor(count: plan.sharedInputCount, step: step),
            sharedOutput: memory.tensor(count: plan.sharedOutputCount, step: step))
        let operand = ActivationOperand(offset: output, channels: convolution.outputChannels, layout: layout, affine: affine)
        return (
            PlannedLayer.ConvolutionStep(plan: plan, operands: operands, statistics: statistics),
            Feature(operand: operand, size: convolution.output)
        )
    }

    private mutating func pool(_ name: String, _ input: Feature, window: [Int]) -> Feature {
        precondition(input.operand.layout == PlaneLayout(planes: input.size[0]), "pooling reads whole tensors")
        let step = layers.count
        memory.use(input.operand.offset, step: step)
        let size = zip(input.size, window).map(/), positions = size.reduce(1, *)
        let output = memory.tensor(count: kernels.blocks(input.operand.channels) * kernels.block * positions, step: step)
        layers.append(
            PlannedLayer(
                name: name, operation: .pooling(PoolingPlan(source: input.operand, input: input.size, window: window, output: output)),
                outputShape: [input.operand.channels] + size.suffix(architecture.spatialDimensions),
                bytes: 4 * input.operand.channels * (input.size.reduce(1, *) + positions)))
        return Feature(
            operand: ActivationOperand(offset: output, channels: input.operand.channels, layout: PlaneLayout(planes: size[0])), size: size)
    }

    /// The sum replaces `first`, which nothing else reads.
    private mutating func add(_ name: String, _ first: Feature, _ second: Feature) -> Feature {
        let whole = PlaneLayout(planes: first.size[0])
        precondition(first.operand.layout == whole && second.operand.layout == whole, "addition reads whole tensors")
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
        return Feature(operand: ActivationOperand(offset: first.operand.offset, channels: channels, layout: whole), size: first.size)
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
