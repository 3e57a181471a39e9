import CKernels
package import Tensors

/// A convolution with its method, and what it needs.
package struct ConvolutionPlan: Sendable {
    package let kernels: KernelSet
    package let convolution: Convolution
    package let method: ConvolutionMethod
    /// Floats of packed weights.
    package let weightCount: Int
    /// Floats of memory for staged or transformed input and for products, used within the layer only.
    package let sharedInputCount: Int
    package let sharedOutputCount: Int
    /// Parts whose sums `statistics` collects: 3 doubles for each channel and part.
    package let statisticsItems: Int
    /// Floats of private memory a thread needs.
    package let scratchCount: Int
    /// Work items of each round; a round begins when the one before is done.
    package let roundItems: [Int]
    /// The method's row in the table of kernels.
    nonisolated(unsafe) let row: UnsafePointer<ck_method>  // constant data of the C module
    /// The C description without its pointers.
    nonisolated(unsafe) let description: ck_convolution  // a constant without pointers

    package init(kernels: KernelSet, convolution: Convolution, method: ConvolutionMethod) {
        self.kernels = kernels
        self.convolution = convolution
        self.method = method
        row = kernels.row(of: method.kind)
        var c = Self.description(of: convolution, method: method)
        let work = row.pointee.work(&c)
        description = c
        weightCount = Int(work.weight_count)
        sharedInputCount = Int(work.shared_input_count)
        sharedOutputCount = Int(work.shared_output_count)
        statisticsItems = Int(work.statistics_items)
        let rounds = [work.round.0, work.round.1, work.round.2].prefix(Int(work.rounds))
        roundItems = rounds.map { Int($0.items) }
        scratchCount = rounds.map { Int($0.scratch_bytes) / MemoryLayout<Float>.stride }.max() ?? 0
    }

    /// Doubles of memory for the statistics, counted in floats.
    package var statisticsCount: Int { statisticsItems * convolution.outputChannels * 3 * 2 }

    /// The private arrangement's items as layers from the first output plane to the last; nil where items are not arranged so.
    ///
    /// - `items`: of one layer.
    /// - `planes`: output planes of one layer.
    /// - `margin`: input planes a layer reads before its first and after its last.
    package var depthLayers: (count: Int, items: Int, planes: Int, margin: Int)? {
        guard !method.isShared, method.kind != .head else { return nil }
        let planes =
            if let axes = method.kind.axes {
                axes.depth.outputs * (convolution.upsampling?.factors[0] ?? 1)
            } else {
                method.brick[0] * (convolution.isTransposed ? convolution.stride[0] : 1)
            }
        let count = (convolution.output[0] + planes - 1) / planes
        return (count, roundItems[0] / count, planes, (convolution.kernel[0] - 1) / 2)
    }

    private static func description(of convolution: Convolution, method: ConvolutionMethod) -> ck_convolution {
        func triple(_ sizes: [Int]) -> (Int32, Int32, Int32) { (Int32(sizes[0]), Int32(sizes[1]), Int32(sizes[2])) }
        var c = ck_convolution()
        c.sources = Int32(convolution.inputChannels.count)
        c.source.0.channels = Int32(convolution.inputChannels[0])
        if convolution.inputChannels.count > 1 { c.source.1.channels = Int32(convolution.inputChannels[1]) }
        c.in = triple(convolution.input)
        c.out = triple(convolution.output)
        c.kernel = triple(convolution.kernel)
        c.stride = triple(convolution.stride)
        c.upsampling = triple(convolution.upsampling?.factors ?? [1, 1, 1])
        c.out_channels = Int32(convolution.outputChannels)
        c.plain_input = convolution.hasPlainInput ? 1 : 0
        c.plain_output = convolution.hasPlainOutput ? 1 : 0
        c.store_slope = 1
        c.sharing = Int32(method.isShared ? ck_shared : ck_private)
        c.transforms_weights = method.transformsWeights ? 1 : 0
        c.brick = triple(method.brick)
        c.rows = Int32(method.rows)
        if let axes = method.kind.axes {
            c.depth_axis = axes.depth.axis
            c.plane_axis = axes.plane.axis
        }
        return c
    }

    /// Packs raw weights, (out, in, kernel…), transposed (in, out, kernel…) or upsampled (phase, out, in, kernel…), at `offset` of `packed`.
    package func pack(_ weights: Span<Float>, into packed: inout FloatBuffer, at offset: Int, team: ThreadTeam) {
        precondition(weights.count == convolution.weightCount && offset + weightCount <= packed.count)
        guard let base = packed.unsafeStorage.baseAddress else { return }
        weights.withUnsafeBufferPointer { weights in
            withUnsafePointer(to: description) { c in
                guard let from = weights.baseAddress else { return }
                let algorithm = ConvolutionAlgorithm.row(of: method.kind)
                let panels = Int(ck_panels(kernels.table, c)), phases = convolution.upsampling?.phases ?? 1
                team.run(count: panels * phases) { _, index in
                    let (phase, panel) = index.quotientAndRemainder(dividingBy: panels)
                    algorithm.pack(
                        PanelPacking(
                            table: kernels.table, description: c, transformsWeights: method.transformsWeights,
                            weights: from + phase * (convolution.weightCount / phases), packed: base + offset, phase: Int32(phase),
                            panel: Int32(panel)))
                }
            }
        }
    }
}
