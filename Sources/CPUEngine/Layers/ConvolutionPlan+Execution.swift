import CKernels
package import Tensors

/// Where a convolution finds and leaves its data; offsets in floats.
package struct ConvolutionOperands: Sendable, Hashable {
    package var sources: [ActivationOperand]
    /// Among the weights.
    package var weights: Int
    /// Among the weights, padded to whole blocks.
    package var bias: Int?
    /// max(y, slope * y) is stored.
    package var storeSlope: Float
    /// In the arena; unused for plain output.
    package var output: Int
    package var outputLayout: PlaneLayout
    package var statistics: Int?
    package var sharedInput: Int
    package var sharedOutput: Int

    package init(
        sources: [ActivationOperand], weights: Int, bias: Int? = nil, storeSlope: Float = 1, output: Int, outputLayout: PlaneLayout,
        statistics: Int? = nil, sharedInput: Int = 0, sharedOutput: Int = 0
    ) {
        self.sources = sources
        self.weights = weights
        self.bias = bias
        self.storeSlope = storeSlope
        self.output = output
        self.outputLayout = outputLayout
        self.statistics = statistics
        self.sharedInput = sharedInput
        self.sharedOutput = sharedOutput
    }
}

extension ConvolutionPlan {
    /// Computes the layer.
    ///
    /// - `items`: some items of a layer with one round, in the order of `depthLayers`; nil for the whole layer.
    package func run(_ operands: ConvolutionOperands, items: Range<Int>? = nil, memory: EngineMemory, team: ThreadTeam) {
        precondition(items == nil || roundItems.count == 1)
        let c = description(with: operands, memory: memory, team: team)
        guard let item = row.pointee.item else { return }
        withUnsafePointer(to: c) { c in
            for number in roundItems.indices {
                let items = items ?? 0..<roundItems[number]
                let round = Round(item: item, convolution: c, number: Int32(number), first: items.lowerBound, memory: memory)
                withUnsafePointer(to: round) { round in
                    team.run(count: items.count, context: round) { context, worker, index in
                        let round = context.assumingMemoryBound(to: Round.self)
                        round.pointee.item(
                            round.pointee.convolution, round.pointee.number, Int32(round.pointee.first + index),
                            round.pointee.memory.scratch(of: worker))
                    }
                }
            }
        }
    }

    /// The C description with its pointers.
    func description(with operands: ConvolutionOperands, memory: EngineMemory, team: ThreadTeam) -> ck_convolution {
        var c = description
        c.source.0 = operands.sources[0].source(in: memory, isNetworkInput: convolution.hasPlainInput)
        if operands.sources.count > 1 { c.source.1 = operands.sources[1].source(in: memory) }
        c.weights = memory.weights + operands.weights
        if let bias = operands.bias { c.bias = memory.weights + bias }
        c.store_slope = operands.storeSlope
        if convolution.hasPlainOutput { c.sink = memory.sink.description } else { c.output = memory.arena + operands.output }
        if let statistics = operands.statistics {
            c.statistics = UnsafeMutableRawPointer(memory.arena + statistics)
                .bindMemory(to: Double.self, capacity: statisticsItems * convolution.outputChannels * 3)
        }
        c.out_planes = Int32(operands.outputLayout.planes)
        c.out_origin = Int32(operands.outputLayout.origin)
        c.shared_input = memory.arena + operands.sharedInput
        c.shared_output = memory.arena + operands.sharedOutput
        c.items_ahead = Int32(team.threadCount)
        c.streams_output = streamsOutput(to: operands.outputLayout) ? 1 : 0
        return c
    }

    /// Whether the output is too large to be found in a cache again. The window of a tensor is not: it is read at once.
    private func streamsOutput(to layout: PlaneLayout) -> Bool {
        let c = description
        let plane = Int(c.out.1) * Int(c.out.2) * kernels.blocks(Int(c.out_channels)) * kernels.block
        return MemoryLayout<Float>.stride * plane * min(layout.planes, Int(c.out.0)) > Self.largestCache
    }

    /// Bytes beyond which a tensor is not expected to stay in the last cache.
    private static let largestCache = 32 << 20

    /// What the threads need for one round.
    private struct Round {
        var item: @convention(c) (UnsafePointer<ck_convolution>?, Int32, Int32, UnsafeMutablePointer<Float>?) -> Void
        var convolution: UnsafePointer<ck_convolution>
        var number: Int32
        var first: Int
        var memory: EngineMemory
    }

    /// Turns the statistics of the pass just run into the scale and shift of the layer's readers.
    package func finishStatistics(_ operands: ConvolutionOperands, _ normalized: InstanceStatistics, memory: EngineMemory) {
        guard let statistics = operands.statistics else { return }
        let channels = convolution.outputChannels
        let sums = UnsafeRawPointer(memory.arena + statistics).bindMemory(to: Double.self, capacity: statisticsItems * channels * 3)
        var normalization = ck_normalization(
            statistics: sums, items: Int32(statisticsItems), channels: Int32(channels),
            gamma: normalized.gamma.map { memory.weights + $0 }, beta: normalized.beta.map { memory.weights + $0 },
            epsilon: Double(normalized.epsilon), scale: memory.arena + normalized.scale, shift: memory.arena + normalized.shift,
            padded: Int32(kernels.blocks(channels) * kernels.block))
        ck_finish_statistics(&normalization)
    }
}

/// What an instance normalisation computes after its convolution; offsets in floats.
package struct InstanceStatistics: Sendable {
    package var epsilon: Float
    /// Among the weights; nil for 1 and 0.
    package var gamma: Int?
    package var beta: Int?
    /// In the arena.
    package var scale: Int
    package var shift: Int

    package init(epsilon: Float, gamma: Int? = nil, beta: Int? = nil, scale: Int, shift: Int) {
        self.epsilon = epsilon
        self.gamma = gamma
        self.beta = beta
        self.scale = scale
        self.shift = shift
    }
}
