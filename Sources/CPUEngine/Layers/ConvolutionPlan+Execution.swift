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
    /// - items: some items of a layer with one phase, in the order of `depthLayers`; nil for the whole layer.
    package func run(_ operands: ConvolutionOperands, items: Range<Int>? = nil, memory: EngineMemory, team: ThreadTeam) {
        precondition(items == nil || phaseItems.count == 1)
        let c = description(with: operands, memory: memory, team: team)
        let table = kernels.table.pointee
        let item =
            switch method.kind {
            case .direct: table.direct_item
            case .transposed: table.transposed_item
            case .winograd where convolution.upsampling != nil: table.upsampled_item
            case .winograd: table.winograd_item
            case .head: table.head_item
            }
        guard let item else { return }
        withUnsafePointer(to: c) { c in
            for phase in phaseItems.indices {
                let items = items ?? 0..<phaseItems[phase]
                let part = Phase(item: item, convolution: c, phase: Int32(phase), first: items.lowerBound, memory: memory)
                withUnsafePointer(to: part) { part in
                    team.run(count: items.count, context: part) { context, worker, index in
                        let part = context.assumingMemoryBound(to: Phase.self)
                        part.pointee.item(
                            part.pointee.convolution, part.pointee.phase, Int32(part.pointee.first + index),
                            part.pointee.memory.scratch(of: worker))
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

    /// What the threads need for one phase.
    private struct Phase {
        var item: @convention(c) (UnsafePointer<ck_convolution>?, Int32, Int32, UnsafeMutablePointer<Float>?) -> Void
        var convolution: UnsafePointer<ck_convolution>
        var phase: Int32
        var first: Int
        var memory: EngineMemory
    }

    /// Turns the statistics of the pass just run into the scale and shift of the layer's readers.
    ///
    /// - gamma, beta: among the weights; nil for 1 and 0.
    package func finishStatistics(
        _ operands: ConvolutionOperands, gamma: Int?, beta: Int?, epsilon: Float, scale: Int, shift: Int, memory: EngineMemory
    ) {
        guard let statistics = operands.statistics else { return }
        let channels = convolution.outputChannels
        let sums = UnsafeRawPointer(memory.arena + statistics).bindMemory(to: Double.self, capacity: statisticsItems * channels * 3)
        ck_finish_statistics(
            sums, Int32(statisticsItems), Int32(channels), Int32(kernels.blocks(channels) * kernels.block),
            gamma.map { memory.weights + $0 },
            beta.map { memory.weights + $0 }, Double(epsilon), memory.arena + scale, memory.arena + shift)
    }
}
