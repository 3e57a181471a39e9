import Tensors

/// The first convolution of a decoder's stage, and what upsamples one of its inputs.
extension NetworkPlanner {
    /// What a decoder's stage begins with: the convolution of a tensor upsampled by a transposed convolution, and of a skip.
    ///
    /// - `upsampling`: the transposed convolution's weights.
    /// - `reader`: the convolution of both.
    /// - `fused`: what belongs to the reader's layer.
    mutating func upsampled(
        _ upsampling: FusedLayer, _ input: Feature, stride: [Int], skip: Feature, reader: Convolution, as fused: FusedLayer
    ) -> Feature {
        let transposed = Convolution(
            inputChannels: [input.operand.channels], outputChannels: reader.inputChannels[0], input: input.size, kernel: stride,
            stride: stride,
            isTransposed: true)
        if let (part, rest) = methods.upsampled(transposed, reader: reader),
            let plan = UpsampledConvolution(
                upsampled: ConvolutionPlan(kernels: kernels, convolution: part.convolution, method: part.method),
                rest: ConvolutionPlan(kernels: kernels, convolution: rest.convolution, method: rest.method))
        {
            return upsampled(upsampling, plan, input, skip: skip, reader: reader, transposed: transposed, as: fused)
        }
        let up = upsample(upsampling, input, transposed, reader: reader)
        return convolution(
            Convolution(
                inputChannels: [up, skip].map(\.operand.channels), outputChannels: reader.outputChannels, input: up.size,
                kernel: reader.kernel), [up, skip], as: fused)
    }

    /// Both convolutions as one, which costs less.
    private mutating func upsampled(
        _ upsampling: FusedLayer, _ plan: UpsampledConvolution, _ input: Feature, skip: Feature, reader: Convolution,
        transposed: Convolution, as fused: FusedLayer
    ) -> Feature {
        let schedule = DepthSchedule(plan, threads: threads), size = reader.output
        scratchCount = max(scratchCount, plan.scratchCount)
        var (part, _) = self.step(
            plan.upsampled, [input], as: FusedLayer(name: upsampling.name, hasBias: false), outputPlanes: 0)
        let recipe = recipes.count - 1
        recipes[recipe].transposed = .init(name: upsampling.name, shape: weightShape(transposed))
        recipes[recipe].convolution = fused.name
        recipes[recipe].shape = weightShape(reader)
        recipes[recipe].inputs = 0..<transposed.outputChannels
        if upsampling.hasBias {
            let padded = self.padded(reader.outputChannels)
            recipes[recipe].bias = weights(padded * UpsampledWeights.borders)
            part.operands.bias = recipes[recipe].bias
        }

        let follows =
            fused.ownsInputs && schedule.lag <= skip.spare && kernels.blocks(skip.operand.channels) == kernels.blocks(reader.outputChannels)
        var (rest, feature) = self.step(
            plan.rest, [skip], as: fused,
            outputPlanes: size[0] + (fused.leavesRoom ? DepthSchedule.spare(size: size, threads: threads) : 0),
            over: follows ? skip : nil, by: schedule.lag)
        if follows { rest.slabs = schedule.slabs }
        recipes[recipe + 1].shape = weightShape(reader)
        recipes[recipe + 1].inputs = transposed.outputChannels..<reader.inputChannels.reduce(0, +)

        let values = [
            input.operand.channels * input.size.reduce(1, *), (skip.operand.channels + reader.outputChannels) * size.reduce(1, *),
        ]
        layers.append(
            PlannedLayer(
                name: fused.name, operation: .upsampled(rest, part: part, plan: plan),
                outputShape: [reader.outputChannels] + size.suffix(graph.spatialDimensions),
                bytes: 4 * (values.reduce(0, +) + plan.upsampled.weightCount + plan.rest.weightCount)))
        return feature
    }

    /// Least floats of an upsampled tensor worth the slabs' barriers.
    private static let leastUpsampled = 1 << 20

    /// A transposed convolution: with the layer that reads it where both are large, else a layer of its own.
    private mutating func upsample(_ fused: FusedLayer, _ input: Feature, _ transposed: Convolution, reader: Convolution) -> Feature {
        let plan = self.plan(transposed)
        guard transposed.outputChannels * transposed.output.reduce(1, *) >= Self.leastUpsampled,
            let (slabs, window) = DepthSchedule(self.plan(reader), threads: threads)?.upsampling(plan), window < transposed.output[0]
        else {
            return convolution(transposed, [input], as: fused)
        }
        var (step, feature) = self.step(plan, [input], as: fused, outputPlanes: window)
        step.slabs = slabs
        self.upsampling = Upsampling(step: step, bytes: 4 * (input.operand.channels * input.size.reduce(1, *) + plan.weightCount))
        return feature
    }
}
