import Tensors

/// Chooses how a convolution is computed, from its size, its channels and the threads.
struct MethodChoice {
    var kernels: KernelSet
    var threads: Int

    func method(for convolution: Convolution) -> ConvolutionMethod {
        if convolution.isTransposed { return transposed(convolution) }
        if let winograd = winograd(convolution) { return winograd }
        return direct(convolution)
    }

    /// Splits `size` into equal parts of at most `most`.
    private func part(_ size: Int, most: Int) -> Int {
        let parts = (size + most - 1) / max(1, most)
        return (size + parts - 1) / parts
    }

    private func spatial(_ size: [Int], positions: Int) -> [Int] {
        let width = part(size[2], most: max(kernels.rows, min(size[2], 8 * kernels.rows)))
        let height = part(size[1], most: max(1, positions / width))
        let depth = part(size[0], most: max(1, positions / (width * height)))
        return [depth, height, width]
    }

    private func items(_ size: [Int], _ block: [Int]) -> Int {
        zip(size, block).reduce(1) { $0 * (($1.0 + $1.1 - 1) / $1.1) }
    }

    func direct(_ convolution: Convolution) -> ConvolutionMethod {
        let output = convolution.output
        var block = spatial(output, positions: 384)
        let isShared = !convolution.hasPlainInput && items(output, block) < 8 * threads
        if convolution.hasPlainInput && items(output, block) < 8 * threads { block = spatial(output, positions: 48) }
        return ConvolutionMethod(kind: .direct, isShared: isShared, block: block, rows: part(block[2], most: kernels.rows))
    }

    func transposed(_ convolution: Convolution) -> ConvolutionMethod {
        let block = spatial(convolution.input, positions: 192)
        let isShared = items(convolution.input, block) < 8 * threads
        return ConvolutionMethod(kind: .transposed, isShared: isShared, block: block, rows: part(block[2], most: kernels.rows))
    }

    /// Nil where direct convolution is better or the kernel has another shape.
    func winograd(_ convolution: Convolution) -> ConvolutionMethod? {
        let size = convolution.output
        guard convolution.stride == [1, 1, 1], convolution.kernel[1] == 3, convolution.kernel[2] == 3,
            convolution.kernel[0] == 1 || convolution.kernel[0] == 3, !convolution.hasPlainInput, !convolution.hasPlainOutput,
            min(size[1], size[2]) >= 5
        else { return nil }
        let plane = min(size[1], size[2]) >= 10 ? 4 : 2
        let depth = convolution.kernel[0] == 1 ? 1 : size[0] >= 7 ? 4 : 2
        return winograd(convolution, depth: depth, plane: plane)
    }

    func winograd(_ convolution: Convolution, depth: Int, plane: Int) -> ConvolutionMethod {
        let size = convolution.output
        let tiles = [depth, plane, plane].enumerated().map { (size[$0] + $1 - 1) / $1 }
        let channels = convolution.inputChannels.reduce(0, +)
        let target = channels <= 64 ? 24 : channels <= 128 ? 36 : 48
        let width = part(tiles[2], most: min(tiles[2], kernels.rows))
        let height = part(tiles[1], most: max(1, target / width))
        let isShared = items(tiles, [1, height, width]) < 8 * threads
        let count = isShared ? tiles.reduce(1, *) : height * width
        return ConvolutionMethod(
            kind: .winograd(depth: depth, plane: plane), isShared: isShared, block: [1, height, width],
            rows: part(count, most: kernels.rows))
    }
}
