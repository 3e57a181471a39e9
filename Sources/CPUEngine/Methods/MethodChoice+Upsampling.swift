import Tensors

/// A transposed convolution and its reader: two layers, or the upsampled part of the reader as one with the transposed convolution.
extension MethodChoice {
    /// A convolution and its method.
    typealias Choice = (convolution: Convolution, method: ConvolutionMethod)

    /// The upsampled part of `reader` as one with what upsamples it, and the rest of it; nil where two layers cost less or the shapes don't
    /// fit.
    func upsampled(_ transposed: Convolution, reader: Convolution) -> (part: Choice, rest: Choice)? {
        let factors = transposed.stride
        guard factors.allSatisfy({ 1...2 ~= $0 }), factors[1] == factors[2] else { return nil }
        var rest = reader
        rest.inputChannels.removeFirst()
        let restChoice = cheapest(rest)
        guard let restAxes = restChoice.method.kind.axes else { return nil }
        let part = Convolution(
            inputChannels: transposed.inputChannels, outputChannels: reader.outputChannels, input: transposed.input, kernel: reader.kernel,
            upsampling: Upsampling(factors: factors, channels: transposed.outputChannels))
        let apart = cheapest(transposed).cost + cheapest(reader).cost - restChoice.cost
        guard let best = candidates(part).min(by: { $0.cost < $1.cost }), best.cost < apart, let axes = best.method.kind.axes else {
            return nil
        }
        // The rest's items must lie in the part's.
        let rows = best.method.brick[1] * axes.plane.outputs * factors[1]
        guard rows % restAxes.plane.outputs == 0, axes.depth.outputs * factors[0] % restAxes.depth.outputs == 0 else { return nil }
        let height = rows / restAxes.plane.outputs
        let width = self.part(restAxes.plane.tiles(reader.output[2]), most: max(1, Self.restTiles / height))
        let inside = ConvolutionMethod(
            kind: restChoice.method.kind, isShared: false, brick: [1, height, width],
            rows: self.part(height * width, most: kernels.rows))
        return ((part, best.method), (rest, inside))
    }

    /// Tiles of one item, whose results have eight times as many places.
    static let upsampledTiles = 12
    /// Tiles of one item of the rest.
    private static let restTiles = 48

    /// An upsampled part; nil where weights are too many or items too few.
    func upsampledPart(_ both: Convolution, _ kind: ConvolutionMethod.Kind) -> Candidate? {
        let axes = zip(self.axes(kind, size: both.input), both.upsampling?.factors ?? []).map { axis, factor -> UpsampledAxis in
            // A phase lacks one frequency of an axis that is split.
            (axis.kind, tiles: axis.kind.tiles(axis.size), frequencies: axis.kind.frequencies - (axis.kind != .one && factor == 2 ? 1 : 0))
        }
        return upsampledMethod(both, kind, axes).map { Candidate(method: $0, cost: upsampledCost(both, axes)) }
    }

    /// An axis, its tiles, and the frequencies that a phase has on it.
    private typealias UpsampledAxis = (kind: WinogradAxis, tiles: Int, frequencies: Int)

    private func upsampledCost(_ both: Convolution, _ axes: [UpsampledAxis]) -> Double {
        let tiles = Double(axes.reduce(1) { $0 * $1.tiles }), inputs = both.inputChannels.reduce(0, +)
        let outputs = kernels.blocks(both.outputChannels), phases = both.upsampling?.phases ?? 1
        let weights = Double(axes.reduce(phases) { $0 * $1.frequencies } * inputs * outputs)
        let filled = min(1, 0.4 + 0.6 * tiles / Double(kernels.rows))
        let transformed = axes.reduce(1) { $0 * $1.kind.frequencies } * kernels.blocks(inputs)
        let summed = axes.reduce(phases) { $0 * $1.frequencies } * outputs
        return weights * (tiles / (0.9 * filled) + Self.weightCost) + tiles * Self.tileCost * Double(transformed + summed)
            + Double(both.output.reduce(1, *) * outputs) * Self.outputCost
    }

    /// With its brick, as wide as the tensor.
    private func upsampledMethod(_ both: Convolution, _ kind: ConvolutionMethod.Kind, _ axes: [UpsampledAxis]) -> ConvolutionMethod? {
        let tiles = axes.map(\.tiles)
        let inputs = kernels.blocks(both.inputChannels.reduce(0, +)) * kernels.block
        let outputs = kernels.blocks(both.outputChannels) * kernels.block
        let weightBytes = 4 * axes.reduce(both.upsampling?.phases ?? 1) { $0 * $1.frequencies } * inputs * outputs
        let isFar = weightBytes > Self.residentWeights, most = isFar ? Self.farTiles : Self.upsampledTiles
        let brick = [1, part(tiles[1], most: max(1, most / tiles[2])), tiles[2]]
        guard weightBytes <= Self.farWeights,
            items(tiles, brick) >= (isFar ? Self.farItemsPerThread : Self.itemsPerThread) * threads
        else { return nil }
        return ConvolutionMethod(
            kind: kind, isShared: false, brick: brick, rows: rows(brick[1] * brick[2], areWeightsFar: weightBytes > Self.nearWeights))
    }
}
