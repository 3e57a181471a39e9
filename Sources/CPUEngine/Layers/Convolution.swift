/// A transposed convolution whose kernel is its stride, followed by nothing but the convolution that reads it.
package struct Upsampling: Sendable, Hashable {
    /// 1 or 2 on each axis.
    package var factors: [Int]
    /// Channels of the upsampled tensor, which never exists.
    package var channels: Int

    package init(factors: [Int], channels: Int) {
        self.factors = factors
        self.channels = channels
    }

    /// The outputs that one place of the input has of its own, each with its own kernel.
    package var phases: Int { factors.reduce(1, *) }
}

/// What a convolution computes. Axes are (depth, height, width); a 2D layer has depth 1.
package struct Convolution: Sendable, Hashable {
    /// Channels of each of its one or two inputs, which it reads as if concatenated.
    package var inputChannels: [Int]
    package var outputChannels: Int
    package var input: [Int]
    package var kernel: [Int]
    package var stride: [Int]
    /// Transposed with kernel = stride.
    package var isTransposed: Bool
    /// What comes between the input and the convolution, and is one with it.
    package var upsampling: Upsampling?
    /// The input is one plain (c, z, y, x) array.
    package var hasPlainInput: Bool
    /// The output is a plain (c, z, y, x) array.
    package var hasPlainOutput: Bool

    package init(
        inputChannels: [Int], outputChannels: Int, input: [Int], kernel: [Int], stride: [Int] = [1, 1, 1], isTransposed: Bool = false,
        upsampling: Upsampling? = nil, hasPlainInput: Bool = false, hasPlainOutput: Bool = false
    ) {
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.input = input
        self.kernel = kernel
        self.stride = stride
        self.isTransposed = isTransposed
        self.upsampling = upsampling
        self.hasPlainInput = hasPlainInput
        self.hasPlainOutput = hasPlainOutput
    }

    /// The output's size with zero padding of (kernel - 1) / 2.
    package var output: [Int] {
        (0..<3).map { axis in
            if isTransposed { return input[axis] * stride[axis] }
            if let upsampling { return input[axis] * upsampling.factors[axis] }
            return (input[axis] - 1) / stride[axis] + 1
        }
    }

    /// Billions of multiplications and additions.
    package var gigaflop: Double {
        let taps = kernel.reduce(1, *), positions = (isTransposed ? input : output).reduce(1, *), inputs = inputChannels.reduce(0, +)
        guard let upsampling else { return 2e-9 * Double(taps * inputs) * Double(outputChannels * positions) }
        return 2e-9 * Double((inputs + taps * outputChannels) * upsampling.channels) * Double(positions)
    }

    /// Its weights' number: (out, in, kernel…), transposed (in, out, kernel…), upsampled (phase, out, in, kernel…).
    package var weightCount: Int { inputChannels.reduce(0, +) * outputChannels * kernel.reduce(1, *) * (upsampling?.phases ?? 1) }
}
