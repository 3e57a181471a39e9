package import Files
package import Imaging
package import Tensors

/// The memory that a case takes while one model predicts it, bytes, from shapes alone; the model itself is not counted.
package struct CaseMemory: Sendable, Equatable {
    /// The image as it was read: float32, all channels.
    package let image: Int
    /// The network's input: float32, all channels and the previous stage's labels, at the network's resolution.
    package let input: Int
    /// The logits: float32, one for each head, at the network's resolution.
    package let logits: Int
    /// The cropped channel that is being resampled.
    let crop: Int
    /// The labels on the image's grid, 16 bits.
    let labels: Int
    /// Voxels that the network sees, (z, y, x) as the reader gives them.
    package let networkShape: [Int]
    /// The image's spacing, (z, y, x) mm as the reader gives it.
    package let spacing: [Double]

    /// While the case is prepared.
    package var preparation: Int { image + crop + input }

    /// At the worst moment afterwards, where all logits are made before any is exported: predicting holds input and logits, exporting
    /// logits and labels.
    package var prediction: Int { max(input + logits, logits + labels) }

    /// The same where labels are decided while at most so many bytes of logits are held.
    package func prediction(holding logits: Int) -> Int { input + logits + labels }

    /// The same case with a model of another number of heads.
    package func with(headCount: Int) throws(Problem) -> CaseMemory {
        CaseMemory(
            image: image, input: input, logits: try floatBytes([headCount] + networkShape), crop: crop, labels: labels,
            networkShape: networkShape, spacing: spacing)
    }
}

extension Preprocessor {
    /// What a case will take.
    ///
    /// - Parameters:
    ///   - image: every channel, (channel, z, y, x) as the reader gives it.
    ///   - arraySpacing: (z, y, x) mm as the reader gives it.
    ///   - team: does the work.
    /// - Returns: bytes, by what holds them.
    /// - Throws: `Problem` where preparing the case would throw for its shapes.
    package func memory(
        for image: borrowing MultichannelImage, arraySpacing: [Double], team: ThreadTeam
    ) throws(Problem) -> CaseMemory {
        let shape = image.geometry.arrayShape
        guard arraySpacing.count == 3, arraySpacing.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw .invalidSpacing(arraySpacing) }
        guard shape.allSatisfy({ $0 > 0 }) else { throw .emptyTarget(shape: shape, target: shape) }
        let channels = image.channelCount
        let box = NonzeroRegion.boundingBox(image.voxels.span, channels: channels, shape: shape, team: team)
        let axes = plans.transposeForward
        let spacing = axes.map { arraySpacing[$0] }
        let cropped = axes.map { box[$0].count }
        let target = try resampledShape(cropped, from: spacing, to: configuration.networkSpacing(original: spacing))
        let extra = configuration.previousStage == nil ? 0 : labels.foregroundLabels.count
        var networkShape = target
        for (axis, size) in zip(axes, target) { networkShape[axis] = size }
        return CaseMemory(
            image: try floatBytes([channels] + shape), input: try floatBytes([channels + extra] + target),
            logits: try floatBytes([labels.headCount] + target), crop: try floatBytes(cropped), labels: try floatBytes(shape) / 2,
            networkShape: networkShape, spacing: arraySpacing)
    }
}

/// The size of a float32 array; one that can't be counted is too large for any machine.
private func floatBytes(_ shape: [Int]) throws(Problem) -> Int {
    var bytes = MemoryLayout<Float>.size
    for size in shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
        guard !overflow else { throw .tooLarge(what: "the network's input", shape: shape) }
        bytes = product
    }
    return bytes
}
