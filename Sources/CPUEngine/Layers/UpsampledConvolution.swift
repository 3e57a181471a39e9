import CKernels
package import Tensors

/// A convolution of an upsampled tensor and another one, whose part of the upsampled tensor is one with what upsamples it.
///
/// A work item computes that part for some planes and whole rows of the output into its thread's memory, then the other tensor's items of
/// the same place, which add their own to it.
package struct UpsampledConvolution: Sendable {
    /// The part of the upsampled tensor; its bricks are as wide as the tensor.
    package let upsampled: ConvolutionPlan
    /// The part of the other tensor.
    package let rest: ConvolutionPlan
    /// Layers of items from the first output plane to the last; see `ConvolutionPlan.depthLayers`.
    package let depthLayers: (count: Int, items: Int, planes: Int, margin: Int)
    /// Floats of private memory a thread needs.
    package let scratchCount: Int

    private let sumsOffset: Int
    /// Output rows of one item.
    private let rows: Int
    /// Layers and items of the rest in one item.
    private let layersInside: Int
    private let itemsInside: Int

    /// Nil where the rest's items don't lie in those of the upsampled part.
    package init?(upsampled: ConvolutionPlan, rest: ConvolutionPlan) {
        guard let upsampling = upsampled.convolution.upsampling, let tile = upsampled.method.kind.axes?.plane.outputs,
            let restTile = rest.method.kind.axes?.plane.outputs, let outer = upsampled.depthLayers, let inner = rest.depthLayers
        else { return nil }
        let size = rest.convolution.output, width = rest.method.brick[2] * restTile
        rows = upsampled.method.brick[1] * tile * upsampling.factors[1]
        layersInside = outer.planes / inner.planes
        itemsInside = (size[2] + width - 1) / width
        guard upsampled.convolution.output == size, rest.method.brick[1] * restTile == rows, layersInside * inner.planes == outer.planes,
            outer.items == (size[1] + rows - 1) / rows, inner.items == outer.items * itemsInside
        else { return nil }
        self.upsampled = upsampled
        self.rest = rest
        depthLayers = (outer.count, outer.items, outer.planes, inner.margin)
        sumsOffset = (max(upsampled.scratchCount, rest.scratchCount) + 63) / 64 * 64
        let lanes = upsampled.kernels.blocks(upsampled.convolution.outputChannels) * upsampled.kernels.block
        scratchCount = sumsOffset + lanes * outer.planes * rows * size[2]
    }

    /// Computes the layer.
    ///
    /// - operands, restOperands: of the two parts; the output is the rest's.
    ///
    /// - `items`: some items, in the order of `depthLayers`; nil for all.
    package func run(
        _ operands: ConvolutionOperands, rest restOperands: ConvolutionOperands, items: Range<Int>? = nil, memory: EngineMemory,
        team: ThreadTeam
    ) {
        guard let upsampledItem = upsampled.row.pointee.item, let restItem = rest.row.pointee.item else { return }
        let items = items ?? 0..<depthLayers.count * depthLayers.items
        var part = Part(
            upsampled: upsampled.description(with: operands, memory: memory, team: team), upsampledItem: upsampledItem,
            rest: rest.description(with: restOperands, memory: memory, team: team), restItem: restItem, first: items.lowerBound,
            plan: self, memory: memory)
        part.upsampled.sums = ck_sums(data: nil, planes: Int32(depthLayers.planes), rows: Int32(rows), top: 0)
        part.rest.items_ahead = 1
        withUnsafePointer(to: part) { part in
            team.run(count: items.count, context: part) { context, worker, index in
                context.assumingMemoryBound(to: Part.self).pointee.run(index, worker: worker)
            }
        }
    }

    /// What the threads need.
    private struct Part {
        typealias Item = @convention(c) (UnsafePointer<ck_convolution>?, Int32, Int32, UnsafeMutablePointer<Float>?) -> Void

        var upsampled: ck_convolution
        var upsampledItem: Item
        var rest: ck_convolution
        var restItem: Item
        var first: Int
        var plan: UpsampledConvolution
        var memory: EngineMemory

        func run(_ index: Int, worker: Int) {
            let item = first + index, layers = plan.depthLayers, (layer, row) = item.quotientAndRemainder(dividingBy: layers.items)
            let scratch = memory.scratch(of: worker)
            var upsampled = upsampled, rest = rest
            upsampled.sums.data = scratch + plan.sumsOffset
            upsampled.sums.top = Int32(row * plan.rows)
            rest.sums = upsampled.sums
            upsampledItem(&upsampled, 0, Int32(item), scratch)
            let inside = layer * plan.layersInside..<min((layer + 1) * plan.layersInside, plan.restLayers)
            for layer in inside {
                let first = (layer * layers.items + row) * plan.itemsInside
                for item in first..<first + plan.itemsInside { restItem(&rest, 0, Int32(item), scratch) }
            }
        }
    }

    private var restLayers: Int { rest.roundItems[0] / (depthLayers.items * itemsInside) }
}
