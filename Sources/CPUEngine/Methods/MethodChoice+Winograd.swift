/// Winograd's methods.
extension MethodChoice {
    /// An axis of a layer: its kind and its size in outputs.
    typealias Axis = (kind: WinogradAxis, size: Int)

    func axes(_ kind: ConvolutionMethod.Kind, size: [Int]) -> [Axis] {
        guard let axes = kind.axes else { preconditionFailure("\(kind.row) has no axes") }
        return [(axes.depth, size[0]), (axes.plane, size[1]), (axes.plane, size[2])]
    }

    func winograd(_ convolution: Convolution, _ kind: ConvolutionMethod.Kind) -> Candidate {
        let axes = self.axes(kind, size: convolution.output), method = self.method(convolution, kind, axes)
        return Candidate(method: method, cost: cost(convolution, method, axes))
    }

    /// What transforming one vector of weights costs where it is used.
    private static let transformCost = 22.0
    /// The same for a vector of transformed inputs or of products.
    static let tileCost = 8.0

    /// Products, weights, and transforms.
    private func cost(_ convolution: Convolution, _ method: ConvolutionMethod, _ axes: [Axis]) -> Double {
        let inputs = convolution.inputChannels.reduce(0, +), outputs = kernels.blocks(convolution.outputChannels)
        let tiles = Double(axes.reduce(1) { $0 * $1.kind.tiles($1.size) })
        let filled = min(1, 0.4 + 0.6 * tiles / Double(kernels.rows))
        let products = tiles * Double(axes.reduce(1) { $0 * $1.kind.inputs } * inputs * outputs) / (0.9 * filled)
        let pairs = Double(inputs * outputs), frequencyWeights = Double(axes.reduce(1) { $0 * $1.kind.weightSets })
        let weights =
            method.transformsWeights
            ? pairs * (Self.weightCost * Double(convolution.kernel.reduce(1, *)) + Self.transformCost * frequencyWeights)
            : pairs * Self.weightCost * frequencyWeights
        let transformed = axes.reduce(1) { $0 * $1.kind.inputs } * kernels.blocks(inputs)
        let summed = axes.reduce(1) { $0 * $1.kind.frequencies } * outputs
        return products + tiles * Self.tileCost * Double(transformed + summed) + weights
    }

    /// A method with its brick.
    private func method(_ convolution: Convolution, _ kind: ConvolutionMethod.Kind, _ axes: [Axis]) -> ConvolutionMethod {
        let tiles = axes.map { $0.kind.tiles($0.size) }, count = tiles.reduce(1, *), isStrided = axes[1].kind.stride > 1
        let inputs = convolution.inputChannels.reduce(0) { $0 + kernels.blocks($1) } * kernels.block
        let outputs = kernels.blocks(convolution.outputChannels) * kernels.block
        let values = axes.reduce(inputs) { $0 * $1.kind.inputs } + axes.reduce(outputs) { $0 * $1.kind.frequencies }

        let weightBytes = 4 * axes.reduce(1) { $0 * $1.kind.weightSets } * inputs * outputs
        let sharedBytes = 4 * count * values
        let isFar = weightBytes > Self.residentWeights && !isStrided
        let brick = isFar ? farBrick(tiles: tiles) : privateBrick(tiles: tiles, inputs: inputs, isStrided: isStrided)
        let isPrivate =
            items(tiles, brick) >= (isFar ? Self.farItemsPerThread : Self.itemsPerThread) * threads
            && weightBytes <= (isFar ? Self.farWeights : Self.residentWeights)
        let isShared = !isPrivate && sharedBytes <= Self.sharedLimit
        let stored = isStrided ? Self.storedStridedWeights : Self.storedWeights
        let transformsWeights = isShared && savesMemory && weightBytes > stored && count <= Self.tilesPerTransform
        let rows = rows(isShared ? count : brick[1] * brick[2], areWeightsFar: isShared || weightBytes > Self.nearWeights)
        return ConvolutionMethod(kind: kind, isShared: isShared, transformsWeights: transformsWeights, brick: brick, rows: rows)
    }

    /// Bytes of a layer's transformed weights above which they are transformed in each pass instead of once.
    private static let storedWeights = 24 << 20
    /// The same for stride 2, where nine frequencies share six sets of weights, which would be transformed again for each.
    private static let storedStridedWeights = 32 << 20
    /// The most tiles whose sums stay in the second-level cache beside the weights transformed for them.
    private static let tilesPerTransform = 112
    /// Bytes of weights that stay in the last cache while every item reads all of them.
    static let residentWeights = 16 << 20
    /// Bytes of weights up to which a private layer may read all of them from memory for each item, since they are asked for in time.
    static let farWeights = 48 << 20
    /// Work items a thread should have at least of such a layer, whose items are large so that each reading of the weights serves more.
    static let farItemsPerThread = 3
    /// Bytes of weights that are not asked for in time: the last cache has them near.
    static let nearWeights = 8 << 20
    /// Bytes of transformed input and products the shared arrangement may hold.
    private static let sharedLimit = 96 << 20

    /// The most tiles of one item where weights are far.
    static let farTiles = 36

    /// Tiles of one item where weights are far.
    private func farBrick(tiles: [Int]) -> [Int] {
        let width = part(tiles[2], most: Self.farTiles)
        return [1, part(tiles[1], most: max(1, Self.farTiles / width)), width]
    }

    /// Tiles of one micro-kernel call: so few, where weights are far, that the calls for one panel ask for all of the next one's, two lines
    /// with every four input channels.
    func rows(_ tiles: Int, areWeightsFar: Bool) -> Int {
        let calls = max(1, 2 * kernels.panel * kernels.block / 16)
        let most = areWeightsFar ? max(kernels.rows / 2, (tiles + calls - 1) / calls) : kernels.rows
        return part(tiles, most: min(kernels.rows, most))
    }

    /// Tiles of one item: as many as the second-level cache holds, fewer when threads would go without work.
    private func privateBrick(tiles: [Int], inputs: Int, isStrided: Bool) -> [Int] {
        // Processors with blocks of 16 have second-level caches of 1 MiB and more.
        let most = kernels.block == 16 ? (isStrided ? 12 : 36) : isStrided ? 12 : inputs <= 64 ? 24 : 36
        let width = part(tiles[2], most: kernels.rows)
        var height = part(tiles[1], most: max(1, most / width))
        while height > 1, height * width > kernels.rows, items(tiles, [1, height, width]) < Self.itemsPerThread * threads {
            height = part(tiles[1], most: height - 1)
        }
        return [1, height, width]
    }
}
