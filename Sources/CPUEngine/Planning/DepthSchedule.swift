import Tensors

/// A large layer walked through in slabs of depth, one after the other, so that its tensors need less memory.
///
/// Its output can follow its input through one memory, some planes behind, since a slab no longer needs what lies before it; and a
/// transposed convolution that only this layer reads can be computed slab by slab into a window of a few planes, which then comes from the
/// cache instead of memory.
struct DepthSchedule {
    /// Items of the layer in each slab.
    var slabs: [Range<Int>]
    /// How many planes the output must lie behind the input it overwrites.
    var lag: Int

    private let layers: Layers
    private let layersPerSlab: Int

    /// What `ConvolutionPlan.depthLayers` says.
    private typealias Layers = (count: Int, items: Int, planes: Int, margin: Int)

    /// Items of one slab for each thread, so that threads end a slab at about the same time.
    private static let itemsPerThread = 16
    /// The same for upsampled layers, whose items are larger.
    private static let upsampledItemsPerThread = 6
    /// Tiles in the plane that one item may cover.
    private static let tilesPerItem = 36

    /// Nil where the layer's items are not arranged in depth or it has another size than its input.
    init?(_ plan: ConvolutionPlan, threads: Int) {
        guard let layers = plan.depthLayers, plan.convolution.stride == [1, 1, 1], !plan.convolution.isTransposed,
            !plan.convolution.hasPlainInput, !plan.convolution.hasPlainOutput
        else { return nil }
        self.init(layers, itemsPerThread: Self.itemsPerThread, threads: threads)
    }

    /// Of an upsampled layer.
    init(_ layer: UpsampledConvolution, threads: Int) {
        self.init(layer.depthLayers, itemsPerThread: Self.upsampledItemsPerThread, threads: threads)
    }

    private init(_ layers: Layers, itemsPerThread: Int, threads: Int) {
        self.layers = layers
        let perSlab = min(layers.count, (itemsPerThread * threads + layers.items - 1) / layers.items)
        layersPerSlab = perSlab
        slabs = stride(from: 0, to: layers.count, by: perSlab).map {
            $0 * layers.items..<min($0 + perSlab, layers.count) * layers.items
        }
        lag = perSlab * layers.planes + layers.margin
    }

    /// Places beyond its depth that a tensor of this size should have, so that its reader can follow it: what Winograd F(4) needs, after
    /// an upsampled part if there is room for that.
    static func spare(size: [Int], threads: Int) -> Int {
        let tiles = [4, 8].map { [(size[1] + $0 - 1) / $0, (size[2] + $0 - 1) / $0] }
        let items = (tiles[0][0] * tiles[0][1] + tilesPerItem - 1) / tilesPerItem
        let rows = max(1, MethodChoice.upsampledTiles / tiles[1][1]), upsampledItems = (tiles[1][0] + rows - 1) / rows
        let plain = 4 * ((itemsPerThread * threads + items - 1) / items) + 1
        let upsampled = 8 * ((upsampledItemsPerThread * threads + upsampledItems - 1) / upsampledItems) + 1
        return [max(plain, upsampled), plain].first { 3 * $0 <= size[0] } ?? 0
    }

    /// How a transposed convolution that this layer alone reads is computed with it: its items in each slab, and the planes of the window.
    /// Nil where its items are not arranged in depth.
    func upsampling(_ plan: ConvolutionPlan) -> (slabs: [Range<Int>], window: Int)? {
        guard let above = plan.depthLayers, plan.convolution.isTransposed else { return nil }
        let depth = plan.convolution.output[0]
        var ranges: [Range<Int>] = [], done = 0, window = 0
        for first in stride(from: 0, to: layers.count, by: layersPerSlab) {
            let end = min(depth, min(first + layersPerSlab, layers.count) * layers.planes + layers.margin)
            let needed = max(done, (end + above.planes - 1) / above.planes)
            ranges.append(done * above.items..<needed * above.items)
            done = needed
            window = max(window, min(depth, done * above.planes) - max(0, first * layers.planes - layers.margin))
        }
        return (ranges, window)
    }
}
