package import Files

extension UNetArchitecture {
    /// The number of encoder stages.
    package var stageCount: Int { featuresPerStage.count }

    /// Refuses what the engine does not compute, and lists that contradict each other.
    package func validate() throws(Problem) {
        func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(Problem) {
            if !condition { throw .unsupportedArchitecture(reason: reason()) }
        }
        let stages = stageCount
        try require((2...3).contains(spatialDimensions), "\(spatialDimensions) spatial axes; 2 and 3 are supported")
        try require((1...64).contains(stages), "\(stages) stages")
        try require((1...65_536).contains(inputChannels), "\(inputChannels) input channels")
        try require((1...65_536).contains(heads), "\(heads) output channels")
        try require(featuresPerStage.allSatisfy { (1...65_536).contains($0) }, "features \(featuresPerStage)")
        for (name, list, range) in [("kernel sizes", kernelSizes, 1...31), ("strides", strides, 1...16)] {
            try require(list.count == stages, "\(list.count) \(name) for \(stages) stages")
            for sizes in list {
                try require(sizes.count == spatialDimensions && sizes.allSatisfy(range.contains), "\(name) \(sizes)")
            }
        }
        for axis in 0..<spatialDimensions {
            var total = 1
            for stride in strides {
                total *= stride[axis]
                try require(total <= 65_536, "strides \(strides), more together than a patch can have")
            }
        }
        try require(kernelSizes.joined().allSatisfy { $0 % 2 == 1 }, "even kernel sizes \(kernelSizes)")
        let counts = family == .plainConvUNet ? convolutionsPerStage : blocksPerStage
        try require(counts.count == stages && counts.allSatisfy { (1...1000).contains($0) }, "\(counts) convolutions or blocks per stage")
        try require(
            decoderConvolutionsPerStage.count == stages - 1 && decoderConvolutionsPerStage.allSatisfy { (1...1000).contains($0) },
            "\(decoderConvolutionsPerStage) decoder convolutions for \(stages) stages")
        try require(stages > 1, "one stage only; a U-Net has at least two")
        try require(block == .basic, "residual blocks of kind \(block.rawValue); BasicBlockD is supported")
        try require(
            family == .plainConvUNet || !nonlinearityFirst, "nonlin_first in a residual encoder; PlainConvUNet alone has it")
        try require(stemChannels.map { (1...65_536).contains($0) } ?? true, "stem channels \(stemChannels ?? 0)")
        if let nonlinearity {
            try require((0...1).contains(nonlinearity.slope), "a LeakyReLU slope of \(nonlinearity.slope); 0 to 1 is supported")
        }
    }
}
