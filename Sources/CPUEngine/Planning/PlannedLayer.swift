import Tensors

/// One step of a planned network.
struct PlannedLayer: Sendable {
    enum Operation: Sendable {
        /// A convolution, and the transposed one it takes its first source from, slab by slab.
        case convolution(ConvolutionStep, upsampling: ConvolutionStep?)
        /// A convolution whose first source is upsampled on the way, and the step of that part.
        case upsampled(ConvolutionStep, part: ConvolutionStep, plan: UpsampledConvolution)
        case pooling(PoolingPlan)
        case addition(AdditionPlan)
        case mamba(MambaPlan)
    }

    /// One convolution with what it reads and writes.
    struct ConvolutionStep: Sendable {
        var plan: ConvolutionPlan
        var operands: ConvolutionOperands
        var statistics: InstanceStatistics?
        /// Items that run one range after the other; nil for all at once.
        var slabs: [Range<Int>]?

        func finishStatistics(memory: EngineMemory) {
            guard let statistics else { return }
            plan.finishStatistics(operands, statistics, memory: memory)
        }
    }

    var name: String
    var operation: Operation
    /// (channels, spatial…).
    var outputShape: [Int]
    var bytes: Int

    var method: String {
        switch operation {
        case .convolution(let step, nil): step.plan.method.name
        case .convolution(let step, .some): "transposed + " + step.plan.method.name
        case .upsampled(let step, let part, _): "\(part.plan.method.name) + \(step.plan.method.name)"
        case .pooling: "average pooling"
        case .addition: "addition"
        case .mamba: "selective scan"
        }
    }

    var gigaflop: Double {
        switch operation {
        case .convolution(let step, let upsampling):
            step.plan.convolution.gigaflop + (upsampling?.plan.convolution.gigaflop ?? 0)
        case .upsampled(let step, let part, _): step.plan.convolution.gigaflop + part.plan.convolution.gigaflop
        case .pooling, .addition: 0
        case .mamba(let plan): plan.shape.gigaflop
        }
    }

    func run(kernels: KernelSet, memory: EngineMemory, team: ThreadTeam) {
        switch operation {
        case .convolution(let step, let upsampling):
            if let slabs = step.slabs {
                for (index, items) in slabs.enumerated() {
                    if let upsampling, let own = upsampling.slabs {
                        upsampling.plan.run(upsampling.operands, items: own[index], memory: memory, team: team)
                    }
                    step.plan.run(step.operands, items: items, memory: memory, team: team)
                }
            } else {
                step.plan.run(step.operands, memory: memory, team: team)
            }
            step.finishStatistics(memory: memory)
        case .upsampled(let step, let part, let plan):
            if let slabs = step.slabs {
                for items in slabs { plan.run(part.operands, rest: step.operands, items: items, memory: memory, team: team) }
            } else {
                plan.run(part.operands, rest: step.operands, memory: memory, team: team)
            }
            step.finishStatistics(memory: memory)
        case .pooling(let plan):
            plan.run(kernels: kernels, memory: memory, team: team)
        case .addition(let plan):
            plan.run(kernels: kernels, memory: memory, team: team)
        case .mamba(let plan):
            plan.run(kernels: kernels, memory: memory, team: team)
        }
    }
}
