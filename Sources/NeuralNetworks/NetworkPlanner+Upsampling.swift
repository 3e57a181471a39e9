import Tensors

/// The first convolution of a decoder's stage, and what upsamples one of its inputs.
extension NetworkPlanner {
    /// What a decoder's stage begins with: the convolution of a tensor upsampled by a transposed convolution, and of a skip.
    ///
    /// - name: of the transposed convolution; reader: the convolution of both, whose weights have the name `named`.
    mutating func upsampled(
        _ name: String, _ input: Feature, stride: [Int], skip: Feature, reader: Convolution, named: String
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
            return upsampled(name, plan, input, skip: skip, reader: reader, transposed: transposed, named: named)
        }
        let up = upsample(name, input, transposed, reader: reader)
        return block(
            named, [up, skip], channels: reader.outputChannels, kernel: reader.kernel, stride: [1, 1, 1], ownsInputs: true, leavesRoom: true
        )
    }

    /// Both convolutions as one, which costs less.
    private mutating func upsampled(
        _ name: String, _ plan: UpsampledConvolution, _ input: Feature, skip: Feature, reader: Convolution, transposed: Convolution,
        named: String
    ) -> Feature {
        let schedule = DepthSchedule(plan, threads: threads), size = reader.output
        scratchCount = max(scratchCount, plan.scratchCount)
        var (part, _) = self.step(
            name, plan.upsampled, [input], after: Block(isNormalized: false, isActivated: false, hasBias: false), outputPlanes: 0)
        let recipe = recipes.count - 1
        recipes[recipe].transposed = .init(name: name, shape: weightShape(transposed))
        recipes[recipe].convolution = named + ".conv"
        recipes[recipe].shape = weightShape(reader)
        recipes[recipe].inputs = 0..<transposed.outputChannels
        if architecture.convolutionBias {
            let padded = kernels.blocks(reader.outputChannels) * kernels.block
            recipes[recipe].bias = weights(padded * UpsampledWeights.borders)
            part.operands.bias = recipes[recipe].bias
        }

        let follows = schedule.lag <= skip.spare && kernels.blocks(skip.operand.channels) == kernels.blocks(reader.outputChannels)
        var (rest, feature) = self.step(
            named + ".conv", plan.rest, [skip],
            after: Block(normalization: named + ".norm", hasBias: architecture.convolutionBias),
            outputPlanes: size[0] + DepthSchedule.spare(size: size, threads: threads), over: follows ? skip : nil, by: schedule.lag)
        if follows { rest.slabs = schedule.slabs }
        recipes[recipe + 1].shape = weightShape(reader)
        recipes[recipe + 1].inputs = transposed.outputChannels..<reader.inputChannels.reduce(0, +)

        let values = [
            input.operand.channels * input.size.reduce(1, *), (skip.operand.channels + reader.outputChannels) * size.reduce(1, *),
        ]
        layers.append(
            PlannedLayer(
                name: named + ".conv", operation: .upsampled(rest, part: part, plan: plan),
                outputShape: [reader.outputChannels] + size.suffix(architecture.spatialDimensions),
                bytes: 4 * (values.reduce(0, +) + plan.upsampled.weightCount + plan.rest.weightCount)))
        return feature
    }

    /// Least floats of an upsampled tensor worth the slabs' barriers.
    private static let leastUpsampled = 1 << 20

    /// A transposed convolution: with the layer that reads it where both are large, else a layer of its own.
    private mutating func upsample(_ name: String, _ input: Feature, _ transposed: Convolution, reader: Convolution) -> Feature {
        let block = Block(isNormalized: false, isActivated: false, hasBias: architecture.convolutionBias)
        let plan = self.plan(transposed)
        guard transposed.outputChannels * transposed.output.reduce(1, *) >= Self.leastUpsampled,
            let (slabs, window) = DepthSchedule(self.plan(reader), threads: threads)?.upsampling(plan), window < transposed.output[0]
        else {
            return convolution(name, transposed, [input], after: block)
        }
        var (step, feature) = self.step(name, plan, [input], after: block, outputPlanes: window)
        step.slabs = slabs
        upsampling = Upsampling(step: step, bytes: 4 * (input.operand.channels * input.size.reduce(1, *) + plan.weightCount))
        return feature
    }
}
