import Tensors

/// Chooses how a convolution is computed, from its size, its channels and the threads.
struct MethodChoice {
    var kernels: KernelSet
    var threads: Int
    /// A large patch: its activations need much memory, and its deep layers, which hold the weights, take little of its time.
    var savesMemory: Bool

    init(kernels: KernelSet, threads: Int, patch: [Int]) {
        self.kernels = kernels
        self.threads = threads
        savesMemory = patch.reduce(1, *) > 1 << 20
    }

    func method(for convolution: Convolution) -> ConvolutionMethod {
        if convolution.isTransposed { return transposed(convolution) }
        if convolution.hasPlainOutput, convolution.kernel == [1, 1, 1], convolution.stride == [1, 1, 1], !convolution.hasPlainInput,
            2 * convolution.outputChannels <= kernels.block
        {
            return ConvolutionMethod(kind: .head, isShared: false, block: [1, 1, 1], rows: 1)
        }
        if let winograd = winograd(convolution) { return winograd }
        return direct(convolution)
    }

    /// Splits `size` into equal parts of at most `most`.
    func part(_ size: Int, most: Int) -> Int {
        let parts = (size + most - 1) / max(1, most)
        return (size + parts - 1) / parts
    }

    private func spatial(_ size: [Int], positions: Int) -> [Int] {
        let width = part(size[2], most: max(kernels.rows, min(size[2], 8 * kernels.rows)))
        let height = part(size[1], most: max(1, positions / width))
        let depth = part(size[0], most: max(1, positions / (width * height)))
        return [depth, height, width]
    }

    func items(_ size: [Int], _ block: [Int]) -> Int {
        zip(size, block).reduce(1) { $0 * (($1.0 + $1.1 - 1) / $1.1) }
    }

    func direct(_ convolution: Convolution) -> ConvolutionMethod {
        let output = convolution.output
        var block = spatial(output, positions: convolution.kernel == [1, 1, 1] ? 96 : 384)
        let isShared = !convolution.hasPlainInput && items(output, block) < 8 * threads
        if convolution.hasPlainInput && items(output, block) < 8 * threads { block = spatial(output, positions: 48) }
        return ConvolutionMethod(kind: .direct, isShared: isShared, block: block, rows: part(block[2], most: kernels.rows))
    }

    func transposed(_ convolution: Convolution) -> ConvolutionMethod {
        let block = spatial(convolution.input, positions: 192)
        let isShared = items(convolution.input, block) < 8 * threads
        return ConvolutionMethod(kind: .transposed, isShared: isShared, block: block, rows: part(block[2], most: kernels.rows))
    }

    // MARK: Winograd

    /// One axis of a Winograd method.
    struct Axis {
        var kind: Int
        var size: Int

        var outputs: Int { kind == 8 ? 4 : kind }
        /// Inputs of one tile.
        var width: Int { kind == 8 ? 9 : kind == 1 ? 1 : kind + 2 }
        /// Frequencies of its products: two phases of the input meet in each, except in one at infinity.
        var frequencies: Int { kind == 8 ? 5 : width }
        var weightSets: Int { kind == 8 ? 6 : width }
        var tiles: Int { (size + outputs - 1) / outputs }
    }

    /// The kinds that fit a kernel size and stride.
    func kinds(kernel: Int, stride: Int) -> [Int] {
        switch (kernel, stride) {
        case (1, 1): [1]
        case (3, 1): [4, 2]
        case (3, 2): [8]
        default: []
        }
    }

    /// The cheapest Winograd method; nil where direct convolution costs less or the kernel has another shape.
    func winograd(_ convolution: Convolution) -> ConvolutionMethod? { cheapest(convolution).winograd }

    /// What a convolution costs, and the Winograd method that costs no more.
    func cheapest(_ convolution: Convolution) -> (winograd: ConvolutionMethod?, cost: Double) {
        var least = directCost(convolution)
        guard !convolution.hasPlainInput, !convolution.hasPlainOutput, convolution.kernel[1] == 3,
            convolution.kernel[1] == convolution.kernel[2], convolution.stride[1] == convolution.stride[2]
        else { return (nil, least) }
        var best: ConvolutionMethod?
        for depth in kinds(kernel: convolution.kernel[0], stride: convolution.stride[0]) {
            for plane in kinds(kernel: 3, stride: convolution.stride[1]) {
                let cost = winogradCost(convolution, depth: depth, plane: plane)
                if cost < least {
                    least = cost
                    best = winograd(convolution, depth: depth, plane: plane)
                }
            }
        }
        return (best, least)
    }

    /// What reading one vector of weights costs when they come from memory or the last cache, in vector multiplications.
    static let weightCost = 16.0
    /// The same for transforming one where it is used.
    private static let transformCost = 22.0

    /// Vector multiplications of direct convolution, with what its weights' way from memory is worth.
    private func directCost(_ convolution: Convolution) -> Double {
        let taps = convolution.kernel.reduce(1, *), inputs = convolution.inputChannels.reduce(0, +)
        let weights = Double(taps * inputs * kernels.blocks(convolution.outputChannels))
        let filled = min(1, 0.3 + 0.7 * Double(convolution.output[2]) / Double(kernels.rows))
        return weights * (Double(convolution.output.reduce(1, *)) / (0.85 * filled) + Self.weightCost)
    }

    /// The same for a Winograd method: products, weights, and transforms.
    private func winogradCost(_ convolution: Convolution, depth: Int, plane: Int) -> Double {
        let size = convolution.output
        let axes = [Axis(kind: depth, size: size[0]), Axis(kind: plane, size: size[1]), Axis(kind: plane, size: size[2])]
        let inputs = convolution.inputChannels.reduce(0, +), outputs = kernels.blocks(convolution.outputChannels)
        let tiles = Double(axes.reduce(1) { $0 * $1.tiles })
        let filled = min(1, 0.4 + 0.6 * tiles / Double(kernels.rows))
        let products = tiles * Double(axes.reduce(1) { $0 * $1.width } * inputs * outputs) / (0.9 * filled)
        let pairs = Double(inputs * outputs), frequencyWeights = Double(axes.reduce(1) { $0 * $1.weightSets })
        let method = winograd(convolution, depth: depth, plane: plane)
        let weights =
            method.transformsWeights
            ? pairs * (Self.weightCost * Double(convolution.kernel.reduce(1, *)) + Self.transformCost * frequencyWeights)
            : pairs * Self.weightCost * frequencyWeights
        let transformed = axes.reduce(1) { $0 * $1.width } * kernels.blocks(inputs),
            summed = axes.reduce(1) { $0 * $1.frequencies } * outputs
        let transforms = tiles * 8 * Double(transformed + summed)
        return products + transforms + weights
    }

    /// A Winograd method with its blocking.
    func winograd(_ convolution: Convolution, depth: Int, plane: Int) -> ConvolutionMethod {
        let size = convolution.output
        let axes = [Axis(kind: depth, size: size[0]), Axis(kind: plane, size: size[1]), Axis(kind: plane, size: size[2])]
        let tiles = axes.map(\.tiles), count = tiles.reduce(1, *)
        let inputs = convolution.inputChannels.reduce(0) { $0 + kernels.blocks($1) } * kernels.block
        let outputs = kernels.blocks(convolution.outputChannels) * kernels.block
        let values = axes.reduce(inputs) { $0 * $1.width } + axes.reduce(outputs) { $0 * $1.frequencies }

        let weightBytes = 4 * axes.reduce(1) { $0 * $1.weightSets } * inputs * outputs
        let sharedBytes = 4 * count * values
        let isFar = weightBytes > Self.residentWeights && plane != 8
        let block = isFar ? farBlock(tiles: tiles) : privateBlock(tiles: tiles, inputs: inputs, isStrided: plane == 8)
        let isPrivate =
            items(tiles, block) >= (isFar ? Self.farItemsPerThread : Self.itemsPerThread) * threads
            && weightBytes <= (isFar ? Self.farWeights : Self.residentWeights)
        let isShared = !isPrivate && sharedBytes <= Self.sharedLimit
        let stored = plane == 8 ? Self.storedStridedWeights : Self.storedWeights
        let transformsWeights = isShared && savesMemory && weightBytes > stored && count <= Self.tilesPerTransform
        let rows = rows(isShared ? count : block[1] * block[2], areWeightsFar: isShared || weightBytes > Self.nearWeights)
        return ConvolutionMethod(
            kind: .winograd(depth: depth, plane: plane), isShared: isShared, transformsWeights: transformsWeights, block: block, rows: rows)
    }

    /// Work items a thread should have at least, so that one that is preempted delays its layer little.
    static let itemsPerThread = 6
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

    /// The most tiles of one item where weights are far.
    static let farTiles = 36

    /// Tiles of one item where weights are far.
    private func farBlock(tiles: [Int]) -> [Int] {
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

    /// Bytes of transformed input and products the shared arrangement may hold.
    private static let sharedLimit = 96 << 20

    /// Tiles of one item: as many as the second-level cache holds, fewer when threads would go without work.
    private func privateBlock(tiles: [Int], inputs: Int, isStrided: Bool) -> [Int] {
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
