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
        guard let restMethod = winograd(rest), case .winograd(let restDepth, let restPlane) = restMethod.kind else { return nil }
        let part = Convolution(
            inputChannels: transposed.inputChannels, outputChannels: reader.outputChannels, input: transposed.input, kernel: reader.kernel,
            upsampling: Upsampling(factors: factors, channels: transposed.outputChannels))
        var best: ConvolutionMethod?
        var least = transposedCost(transposed) + cheapest(reader).cost - cheapest(rest).cost
        for depth in kinds(kernel: part.kernel[0], stride: 1) {
            for plane in kinds(kernel: 3, stride: 1) {
                let axes = upsampledAxes(part, depth: depth, plane: plane)
                let cost = upsampledCost(part, axes)
                if cost < least, let method = upsampledMethod(part, axes) {
                    least = cost
                    best = method
                }
            }
        }
        guard let best, case .winograd(let depth, let plane) = best.kind else { return nil }
        // The rest's items must lie in the part's.
        let rows = best.block[1] * plane * factors[1]
        guard rows % restPlane == 0, depth * factors[0] % restDepth == 0 else { return nil }
        let height = rows / restPlane, tiles = (reader.output[2] + restPlane - 1) / restPlane
        let width = self.part(tiles, most: max(1, Self.restTiles / height))
        let inside = ConvolutionMethod(
            kind: restMethod.kind, isShared: false, block: [1, height, width], rows: self.part(height * width, most: kernels.rows))
        return ((part, best), (rest, inside))
    }

    /// Tiles of one item, whose results have eight times as many places.
    static let upsampledTiles = 12
    /// Tiles of one item of the rest.
    private static let restTiles = 48

    /// An axis and the frequencies that a phase has on it.
    private typealias UpsampledAxis = (axis: Axis, frequencies: Int)

    private func upsampledAxes(_ both: Convolution, depth: Int, plane: Int) -> [UpsampledAxis] {
        (0..<3).map { index in
            let axis = Axis(kind: index == 0 ? depth : plane, size: both.input[index])
            let isSplit = axis.kind > 1 && both.upsampling?.factors[index] == 2
            return (axis, axis.frequencies - (isSplit ? 1 : 0))
        }
    }

    /// Vector multiplications of a transposed convolution, and its outputs' way to memory and back.
    private func transposedCost(_ convolution: Convolution) -> Double {
        let taps = convolution.kernel.reduce(1, *), outputs = kernels.blocks(convolution.outputChannels)
        let weights = Double(taps * convolution.inputChannels.reduce(0, +) * outputs), positions = convolution.input.reduce(1, *)
        return weights * (Double(positions) / 0.9 + Self.weightCost) + Double(convolution.output.reduce(1, *) * outputs) * 8
    }

    /// The same of an upsampled part.
    private func upsampledCost(_ both: Convolution, _ axes: [UpsampledAxis]) -> Double {
        let tiles = Double(axes.reduce(1) { $0 * $1.axis.tiles }), inputs = both.inputChannels.reduce(0, +)
        let outputs = kernels.blocks(both.outputChannels), phases = both.upsampling?.phases ?? 1
        let weights = Double(axes.reduce(phases) { $0 * $1.frequencies } * inputs * outputs)
        let filled = min(1, 0.4 + 0.6 * tiles / Double(kernels.rows))
        let transforms =
            8
            * (axes.reduce(1) { $0 * $1.axis.frequencies } * kernels.blocks(inputs) + axes.reduce(phases) { $0 * $1.frequencies } * outputs)
        return weights * (tiles / (0.9 * filled) + Self.weightCost) + tiles * Double(transforms)
            + Double(both.output.reduce(1, *) * outputs) * 8
    }

    /// With its blocking, as wide as the tensor; nil where weights are too many or items too few.
    private func upsampledMethod(_ both: Convolution, _ axes: [UpsampledAxis]) -> ConvolutionMethod? {
        let tiles = axes.map(\.axis.tiles)
        let inputs = kernels.blocks(both.inputChannels.reduce(0, +)) * kernels.block
        let outputs = kernels.blocks(both.outputChannels) * kernels.block
        let weightBytes = 4 * axes.reduce(both.upsampling?.phases ?? 1) { $0 * $1.frequencies } * inputs * outputs
        let isFar = weightBytes > Self.residentWeights, most = isFar ? Self.farTiles : Self.upsampledTiles
        let block = [1, part(tiles[1], most: max(1, most / tiles[2])), tiles[2]]
        guard weightBytes <= Self.farWeights,
            items(tiles, block) >= (isFar ? Self.farItemsPerThread : Self.itemsPerThread) * threads
        else { return nil }
        return ConvolutionMethod(
            kind: .winograd(depth: axes[0].axis.kind, plane: axes[1].axis.kind), isShared: false, block: block,
            rows: rows(block[1] * block[2], areWeightsFar: weightBytes > Self.nearWeights))
    }
}
