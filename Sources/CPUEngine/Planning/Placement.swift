/// Where the tensors of a plan lie in the arena, by their numbers; offsets in floats.
struct Placement {
    let offsets: [Int]

    /// A layer with the offsets of its tensors in place of their numbers.
    func placed(_ layer: PlannedLayer) -> PlannedLayer {
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
        case .mamba(var plan):
            plan.source = placed(plan.source)
            plan.output = offsets[plan.output]
            plan.work = offsets[plan.work]
            layer.operation = .mamba(plan)
        }
        return layer
    }

    private func placed(_ step: PlannedLayer.ConvolutionStep) -> PlannedLayer.ConvolutionStep {
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

    private func placed(_ operand: ActivationOperand) -> ActivationOperand {
        var operand = operand
        operand.offset = offsets[operand.offset]
        if let affine = operand.affine, !affine.isConstant {
            operand.affine?.scale = offsets[affine.scale]
            operand.affine?.shift = offsets[affine.shift]
        }
        return operand
    }
}
