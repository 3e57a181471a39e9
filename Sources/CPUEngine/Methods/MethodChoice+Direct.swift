/// Direct and transposed convolutions, and the head.
extension MethodChoice {
    func direct(_ convolution: Convolution) -> Candidate {
        let output = convolution.output
        var brick = spatial(output, positions: convolution.kernel == [1, 1, 1] ? 96 : 384)
        let isShared = !convolution.hasPlainInput && items(output, brick) < 8 * threads
        if convolution.hasPlainInput && items(output, brick) < 8 * threads { brick = spatial(output, positions: 48) }
        return Candidate(
            method: ConvolutionMethod(kind: .direct, isShared: isShared, brick: brick, rows: part(brick[2], most: kernels.rows)),
            cost: directCost(convolution))
    }

    private func directCost(_ convolution: Convolution) -> Double {
        let taps = convolution.kernel.reduce(1, *), inputs = convolution.inputChannels.reduce(0, +)
        let outputs = kernels.blocks(convolution.outputChannels), positions = Double(convolution.output.reduce(1, *))
        let weights = Double(taps * inputs * outputs)
        let filled = min(1, 0.3 + 0.7 * Double(convolution.output[2]) / Double(kernels.rows))
        let transposition = convolution.hasPlainOutput ? Double(outputs) * positions * Self.outputCost : 0
        return weights * (positions / (0.85 * filled) + Self.weightCost) + transposition
    }

    /// For up to half a block of labels, which always cost less than a block of them.
    func head(_ convolution: Convolution) -> Candidate? {
        guard 2 * convolution.outputChannels <= kernels.block else { return nil }
        let inputs = convolution.inputChannels.reduce(0) { $0 + kernels.blocks($1) }
        return Candidate(
            method: ConvolutionMethod(kind: .head, isShared: false, brick: [1, 1, 1], rows: 1),
            cost: Double(convolution.outputChannels * inputs) * Double(convolution.output.reduce(1, *)))
    }

    func transposed(_ convolution: Convolution) -> Candidate {
        let brick = spatial(convolution.input, positions: 192)
        let isShared = items(convolution.input, brick) < 8 * threads
        return Candidate(
            method: ConvolutionMethod(kind: .transposed, isShared: isShared, brick: brick, rows: part(brick[2], most: kernels.rows)),
            cost: transposedCost(convolution))
    }

    private func transposedCost(_ convolution: Convolution) -> Double {
        let taps = convolution.kernel.reduce(1, *), outputs = kernels.blocks(convolution.outputChannels)
        let weights = Double(taps * convolution.inputChannels.reduce(0, +) * outputs), positions = convolution.input.reduce(1, *)
        return weights * (Double(positions) / 0.9 + Self.weightCost)
            + Double(convolution.output.reduce(1, *) * outputs) * Self.outputCost
    }
}
