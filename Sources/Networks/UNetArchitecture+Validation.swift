package import Files

extension UNetArchitecture {
    /// The number of encoder stages.
    package var stageCount: Int { encoder.featuresPerStage.count }

    /// Refuses what the engine does not compute, and lists that contradict each other.
    package func validate() throws(Problem) {
        let stages = stageCount
        try require((2...3).contains(spatialDimensions), "\(spatialDimensions) spatial axes; 2 and 3 are supported")
        try require((1...64).contains(stages), "\(stages) stages")
        try require((1...65_536).contains(inputChannels), "\(inputChannels) input channels")
        try require((1...65_536).contains(heads), "\(heads) output channels")
        try require(encoder.featuresPerStage.allSatisfy { (1...65_536).contains($0) }, "features \(encoder.featuresPerStage)")
        for (name, list, range) in [("kernel sizes", encoder.kernelSizes, 1...31), ("strides", encoder.strides, 1...16)] {
            try require(list.count == stages, "\(list.count) \(name) for \(stages) stages")
            for sizes in list {
                try require(sizes.count == spatialDimensions && sizes.allSatisfy(range.contains), "\(name) \(sizes)")
            }
        }
        try validateStrides()
        try require(encoder.kernelSizes.joined().allSatisfy { $0 % 2 == 1 }, "even kernel sizes \(encoder.kernelSizes)")
        let counts = encoder.blocksPerStage
        try require(counts.count == stages && counts.allSatisfy { (1...1000).contains($0) }, "\(counts) convolutions or blocks per stage")
        try require(
            decoderConvolutionsPerStage.count == stages - 1 && decoderConvolutionsPerStage.allSatisfy { (1...1000).contains($0) },
            "\(decoderConvolutionsPerStage) decoder convolutions for \(stages) stages")
        try require(stages > 1, "one stage only; a U-Net has at least two")
        try require(
            family == .plainConvUNet || !block.nonlinearityFirst, "nonlin_first in a residual encoder; PlainConvUNet alone has it")
        try require(encoder.stemChannels.map { (1...65_536).contains($0) } ?? true, "stem channels \(encoder.stemChannels ?? 0)")
        if let inner = encoder.bottleneckChannels {
            try require(family != .plainConvUNet, "bottleneck blocks in a PlainConvUNet")
            try require(inner.count == stages && inner.allSatisfy { (1...65_536).contains($0) }, "bottleneck channels \(inner)")
        }
        if let nonlinearity = block.nonlinearity {
            try require((0...1).contains(nonlinearity.slope), "a LeakyReLU slope of \(nonlinearity.slope); 0 to 1 is supported")
        }
    }

    private func validateStrides() throws(Problem) {
        for axis in 0..<spatialDimensions {
            var total = 1
            for stride in encoder.strides {
                total *= stride[axis]
                try require(total <= 65_536, "strides \(encoder.strides), more together than a patch can have")
            }
        }
        try require(
            encoder.strides.first?.allSatisfy { $0 == 1 } ?? true,
            "a stride in the first stage, \(encoder.strides.first ?? []): its logits would be coarser than the patch")
    }
}

private func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(Problem) {
    if !condition { throw .unsupportedArchitecture(reason: reason()) }
}
