import Networks
import Tensors

/// Single layers: each takes its place in the arena and among the weights.
extension NetworkPlanner {
    /// In a checkpoint.
    func weightShape(_ convolution: Convolution) -> [Int] {
        let channels = [convolution.outputChannels, convolution.inputChannels.reduce(0, +)]
        return (convolution.isTransposed ? channels.reversed() : channels) + convolution.kernel.suffix(graph.spatialDimensions)
    }

    /// In a checkpoint that has a pointwise convolution instead of a transposed one.
    private func pointwiseShape(_ convolution: Convolution) -> [Int] {
        [convolution.outputChannels, convolution.inputChannels.reduce(0, +)] + [Int](repeating: 1, count: graph.spatialDimensions)
    }

    func plan(_ convolution: Convolution) -> ConvolutionPlan {
        ConvolutionPlan(kernels: kernels, convolution: convolution, method: methods.cheapest(convolution).method)
    }

    /// A convolution with what belongs to its layer.
    mutating func convolution(_ convolution: Convolution, _ inputs: [Feature], as fused: FusedLayer) -> Feature {
        let plan = self.plan(convolution), size = convolution.output
        let schedule = DepthSchedule(plan, threads: threads)
        let followed = inputs.first { input in
            guard fused.ownsInputs, let schedule else { return false }
            return schedule.lag <= input.spare && kernels.blocks(input.operand.channels) == kernels.blocks(convolution.outputChannels)
        }
        let room = fused.leavesRoom ? DepthSchedule.spare(size: size, threads: threads) : 0
        var (step, feature) = self.step(plan, inputs, as: fused, outputPlanes: size[0] + room, over: followed, by: schedule?.lag)
        let upsampling = self.upsampling
        self.upsampling = nil
        if followed != nil || upsampling != nil { step.slabs = schedule?.slabs }
        // What is upsampled on the way is not read from memory.
        let read = inputs.dropFirst(upsampling == nil ? 0 : 1).reduce(0) { $0 + $1.operand.channels * $1.size.reduce(1, *) }
        layers.append(
            PlannedLayer(
                name: fused.name, operation: .convolution(step, upsampling: upsampling?.step),
                outputShape: [convolution.outputChannels] + size.suffix(graph.spatialDimensions),
                bytes: 4 * (read + convolution.outputChannels * size.reduce(1, *) + plan.weightCount) + (upsampling?.bytes ?? 0)))
        return feature
    }

    /// One convolution as step `layers.count`, its recipe, and its output.
    ///
    /// - `outputPlanes`: places in depth of the output, in memory of its own.
    /// - `over`: an input whose memory the output takes instead, `by` planes behind it.
    mutating func step(
        _ plan: ConvolutionPlan, _ inputs: [Feature], as fused: FusedLayer, outputPlanes: Int, over: Feature? = nil, by lag: Int? = nil
    ) -> (PlannedLayer.ConvolutionStep, Feature) {
        let step = layers.count, convolution = plan.convolution
        scratchCount = max(scratchCount, plan.scratchCount)
        if !convolution.hasPlainInput { for input in inputs { memory.use(input.operand.offset, step: step) } }
        let (packed, normalized) = weights(of: plan, as: fused)

        var output = 0, layout = PlaneLayout(planes: outputPlanes)
        if let over, let lag {
            let planes = over.operand.layout.planes
            output = over.operand.offset
            layout = PlaneLayout(planes: planes, origin: (over.operand.layout.origin + planes - lag) % planes)
        } else if !convolution.hasPlainOutput {
            let positions = outputPlanes * convolution.output.dropFirst().reduce(1, *)
            output = memory.tensor(count: padded(convolution.outputChannels) * positions, step: step)
        }
        let operands = ConvolutionOperands(
            sources: inputs.map(\.operand), weights: packed.packed, bias: packed.bias, storeSlope: fused.activatesOnStore ? fused.slope : 1,
            output: output, outputLayout: layout,
            statistics: normalized.statistics == nil ? nil : memory.tensor(count: plan.statisticsCount, step: step),
            sharedInput: memory.tensor(count: plan.sharedInputCount, step: step),
            sharedOutput: memory.tensor(count: plan.sharedOutputCount, step: step))
        let operand = ActivationOperand(
            offset: output, channels: convolution.outputChannels, layout: layout, affine: normalized.affine)
        return (
            PlannedLayer.ConvolutionStep(plan: plan, operands: operands, statistics: normalized.statistics),
            Feature(operand: operand, size: convolution.output)
        )
    }

    /// Channels up to whole blocks.
    func padded(_ channels: Int) -> Int { kernels.blocks(channels) * kernels.block }

    /// What readers apply to a layer's output, and what computes it after the layer; nil where nothing is.
    private typealias Normalized = (affine: ActivationOperand.Affine?, statistics: InstanceStatistics?)

    /// Places a convolution's weights and the parameters of its normalisation, and lists how they are read.
    private mutating func weights(of plan: ConvolutionPlan, as fused: FusedLayer) -> (recipe: WeightRecipe, Normalized) {
        let channels = plan.convolution.outputChannels, padded = self.padded(channels), step = layers.count
        let kind = fused.normalization?.kind, slope = fused.activatesOnStore ? 1 : fused.slope
        var recipe = WeightRecipe(
            convolution: fused.name, shape: fused.repeatsTaps ? pointwiseShape(plan.convolution) : weightShape(plan.convolution),
            repeatsTaps: fused.repeatsTaps, hasBias: fused.hasBias,
            normalization: fused.normalization?.name, kind: kind, plan: plan,
            packed: weights(plan.weightCount), bias: fused.hasBias && fused.activatesOnStore ? weights(padded) : nil)
        var normalized: Normalized = (nil, nil)
        switch kind {
        case .instance(let epsilon, let isAffine):
            recipe.gamma = isAffine ? weights(channels) : nil
            recipe.beta = isAffine ? weights(channels) : nil
            let scale = memory.tensor(count: padded, step: step), shift = memory.tensor(count: padded, step: step)
            memory.keep(scale)
            memory.keep(shift)
            normalized.statistics = .init(epsilon: epsilon, gamma: recipe.gamma, beta: recipe.beta, scale: scale, shift: shift)
            normalized.affine = .init(isConstant: false, scale: scale, shift: shift, slope: slope)
        case .batch:
            let scale = weights(padded), shift = weights(padded)
            recipe.scale = scale
            recipe.shift = shift
            normalized.affine = .init(isConstant: true, scale: scale, shift: shift, slope: slope)
        case nil: break
        }
        recipes.append(recipe)
        return (recipe, normalized)
    }

    mutating func pool(_ name: String, _ input: Feature, window: [Int]) -> Feature {
        precondition(input.operand.layout == PlaneLayout(planes: input.size[0]), "pooling reads whole tensors")
        let step = layers.count
        memory.use(input.operand.offset, step: step)
        let size = zip(input.size, window).map(/), positions = size.reduce(1, *)
        let output = memory.tensor(count: kernels.blocks(input.operand.channels) * kernels.block * positions, step: step)
        layers.append(
            PlannedLayer(
                name: name, operation: .pooling(PoolingPlan(source: input.operand, input: input.size, window: window, output: output)),
                outputShape: [input.operand.channels] + size.suffix(graph.spatialDimensions),
                bytes: 4 * input.operand.channels * (input.size.reduce(1, *) + positions)))
        return Feature(
            operand: ActivationOperand(offset: output, channels: input.operand.channels, layout: PlaneLayout(planes: size[0])), size: size)
    }

    /// The sum replaces `first`, which nothing else reads.
    mutating func add(_ name: String, _ first: Feature, _ second: Feature, slope: Float) -> Feature {
        let whole = PlaneLayout(planes: first.size[0])
        precondition(first.operand.layout == whole && second.operand.layout == whole, "addition reads whole tensors")
        let step = layers.count
        memory.use(first.operand.offset, step: step)
        memory.use(second.operand.offset, step: step)
        let positions = first.size.reduce(1, *), channels = first.operand.channels
        layers.append(
            PlannedLayer(
                name: name + ".addition",
                operation: .addition(
                    AdditionPlan(
                        first: first.operand, second: second.operand, count: positions, slope: slope, output: first.operand.offset)),
                outputShape: [channels] + first.size.suffix(graph.spatialDimensions), bytes: 12 * channels * positions))
        return Feature(operand: ActivationOperand(offset: first.operand.offset, channels: channels, layout: whole), size: first.size)
    }

    /// Room for `count` floats among the weights.
    mutating func weights(_ count: Int) -> Int {
        defer { weightCount += (count + 63) / 64 * 64 }
        return weightCount
    }
}
