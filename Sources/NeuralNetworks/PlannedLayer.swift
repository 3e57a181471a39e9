import Tensors

/// One step of a planned network.
struct PlannedLayer: Sendable {
    enum Operation: Sendable {
        case convolution(ConvolutionPlan, ConvolutionOperands, InstanceStatistics?)
        case pooling(PoolingPlan)
        case addition(AdditionPlan)
    }

    /// What an instance normalisation computes after its convolution; offsets in floats.
    struct InstanceStatistics: Sendable {
        var epsilon: Float
        /// Among the weights.
        var gamma: Int?
        var beta: Int?
        /// In the arena.
        var scale: Int
        var shift: Int
    }

    var name: String
    var operation: Operation
    /// (channels, spatial…).
    var outputShape: [Int]
    var bytes: Int

    var method: String {
        switch operation {
        case .convolution(let plan, _, _): plan.method.name
        case .pooling: "average pooling"
        case .addition: "addition"
        }
    }

    var gigaflop: Double {
        if case .convolution(let plan, _, _) = operation { plan.convolution.gigaflop } else { 0 }
    }

    func run(kernels: KernelSet, memory: EngineMemory, team: ThreadTeam) {
        switch operation {
        case .convolution(let plan, let operands, let statistics):
            plan.run(operands, memory: memory, team: team)
            if let statistics {
                plan.finishStatistics(
                    operands, gamma: statistics.gamma, beta: statistics.beta, epsilon: statistics.epsilon, scale: statistics.scale,
                    shift: statistics.shift, memory: memory)
            }
        case .pooling(let plan):
            plan.run(kernels: kernels, memory: memory, team: team)
        case .addition(let plan):
            plan.run(kernels: kernels, memory: memory, team: team)
        }
    }
}
