package import Files
package import Imaging
package import Plans
package import Tensors

/// Prepares a case for one configuration as nnU-Net's `DefaultPreprocessor` does: transpose, crop to nonzero, normalise, resample.
package struct Preprocessor: Sendable {
    let plans: Plans
    let configuration: PlansConfiguration
    let labels: LabelScheme

    /// - `labels`: a cascade's second stage takes one further channel for each of its foreground labels.
    package init(plans: Plans, configuration: PlansConfiguration, labels: LabelScheme) {
        self.plans = plans
        self.configuration = configuration
        self.labels = labels
    }

    /// Prepares cases for one model.
    package init(_ model: ModelFacts) {
        self.init(plans: model.plans, configuration: model.configuration, labels: model.labels)
    }

    /// Prepares a case for a configuration without a previous stage.
    ///
    /// - Parameters:
    ///   - image: every channel, (channel, z, y, x) as the reader gives it.
    ///   - arraySpacing: (z, y, x) mm as the reader gives it.
    package func callAsFunction(
        _ image: consuming MultichannelImage, arraySpacing: [Double], team: ThreadTeam
    ) throws(Problem) -> PreprocessedCase {
        if let stage = configuration.previousStage {
            throw .previousStageMissing(configuration: configuration.name, stage: stage)
        }
        return try prepare(image, arraySpacing, previousStage: [], team)
    }

    /// Prepares a case for the second stage of a cascade.
    ///
    /// - Parameters:
    ///   - image: every channel, (channel, z, y, x) as the reader gives it.
    ///   - arraySpacing: (z, y, x) mm as the reader gives it.
    ///   - previousStage: the first stage's labels on the image's grid.
    package func callAsFunction(
        _ image: consuming MultichannelImage, arraySpacing: [Double], previousStage: borrowing LabelMap, team: ThreadTeam
    ) throws(Problem) -> PreprocessedCase {
        guard configuration.previousStage != nil else { throw .previousStageUnexpected(configuration: configuration.name) }
        let (expected, found) = (image.geometry.arrayShape, previousStage.geometry.arrayShape)
        guard expected == found else { throw .shapeMismatch(what: "the previous stage's segmentation", expected: expected, found: found) }
        let span = previousStage.voxels.span
        var copy: [UInt16] = []
        span.withUnsafeBufferPointer { copy = Array($0) }
        return try prepare(image, arraySpacing, previousStage: copy, team)
    }

    /// - `previousStage`: empty for none.
    private func prepare(
        _ image: consuming MultichannelImage, _ arraySpacing: [Double], previousStage: [UInt16], _ team: ThreadTeam
    ) throws(Problem) -> PreprocessedCase {
        let channels = configuration.normalizationSchemes.count
        guard image.channelCount == channels else { throw .channelCount(expected: channels, found: image.channelCount) }
        guard arraySpacing.count == 3, arraySpacing.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw .invalidSpacing(arraySpacing) }
        let readerShape = image.geometry.arrayShape
        guard readerShape.allSatisfy({ $0 > 0 }) else { throw .emptyTarget(shape: readerShape, target: readerShape) }

        let voxels = image.voxels.span
        let result: Result<PreprocessedCase, Problem> = voxels.withUnsafeBufferPointer { pointer in
            guard let source = pointer.baseAddress else { return .failure(.emptyTarget(shape: readerShape, target: readerShape)) }
            do throws(Problem) {
                return .success(try prepare(source, readerShape, arraySpacing, previousStage, team))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func prepare(
        _ source: UnsafePointer<Float>, _ readerShape: [Int], _ arraySpacing: [Double], _ previousStage: [UInt16], _ team: ThreadTeam
    ) throws(Problem) -> PreprocessedCase {
        let channels = configuration.normalizationSchemes.count
        let axes = plans.transposeForward
        let box = NonzeroRegion.boundingBox(source, channels: channels, shape: readerShape, team: team)
        let view = GridView(readerShape: readerShape, axes: axes, box: axes.map { box[$0] })
        let properties = CaseProperties(
            spacing: arraySpacing, shapeBeforeCropping: axes.map { readerShape[$0] }, boundingBox: view.box)

        let spacing = axes.map { arraySpacing[$0] }
        let targetSpacing = configuration.networkSpacing(original: spacing)
        let target = try resampledShape(view.shape, from: spacing, to: targetSpacing)
        let resampling = try ImageResampling(
            configuration.resampling.data, from: view.shape, to: target, current: spacing, new: targetSpacing)
        let extra = previousStage.isEmpty ? 0 : labels.foregroundLabels.count
        let plane = try checkedCount(resampling.outputShape, what: "the resampled image")
        let count = try checkedCount([channels + extra] + resampling.outputShape, what: "the network's input")
        let data = FloatBuffer(uninitializedCount: count)
        guard let output = data.unsafeStorage.baseAddress else {
            throw .emptyTarget(shape: view.shape, target: target)
        }

        let region = CroppedRegion(view: view, source: source, previousStage: previousStage, team: team)
        let mask = configuration.useMaskForNormalization.contains(true) || extra > 0 ? region.nonzeroMask(channels: channels) : nil
        let previous = extra > 0 ? region.previousLabels(outside: mask) : nil
        let cropCount = view.shape.reduce(1, *)
        let scratch = FloatBuffer(uninitializedCount: resampling.isIdentity ? 0 : cropCount)
        for channel in 0..<channels {
            let place = output + channel * plane
            let cropped =
                resampling.isIdentity ? UnsafeMutableBufferPointer(start: place, count: cropCount) : scratch.unsafeStorage
            region.copy(channel: channel, to: cropped)
            try normalize(cropped, channel: channel, mask: mask, previous: previous, team: team)
            if !resampling.isIdentity, let base = cropped.baseAddress { resampling.apply(UnsafePointer(base), place, team: team) }
        }
        if let previous {
            let labelResampling = try LabelResampling(
                configuration.resampling.segmentation, from: view.shape, to: target, current: spacing, new: targetSpacing)
            oneHot(previous, labelResampling, count: plane, into: output + channels * plane, team: team)
        }
        return PreprocessedCase(data: Tensor(shape: [channels + extra] + resampling.outputShape, buffer: data), properties: properties)
    }

    private func normalize(
        _ values: UnsafeMutableBufferPointer<Float>, channel: Int, mask: [UInt8]?, previous: [Int32]?, team: ThreadTeam
    ) throws(Problem) {
        let normalization = Normalization(
            scheme: configuration.normalizationSchemes[channel], intensities: plans.intensityProperties[channel], channel: channel,
            team: team)
        guard configuration.useMaskForNormalization[channel], let mask else { return try normalization.apply(values, inside: nil) }
        // A voxel that the first stage labelled counts as inside even where the image is zero.
        let inside = previous.map { $0.map { $0 >= 0 ? 1 : 0 } } ?? mask
        let result: Result<Void, Problem> = inside.withUnsafeBufferPointer { inside in
            do throws(Problem) {
                return .success(try normalization.apply(values, inside: inside.baseAddress))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// One channel of zeros and ones for each foreground label, in ascending order.
    private func oneHot(
        _ previous: [Int32], _ resampling: LabelResampling, count: Int, into output: UnsafeMutablePointer<Float>, team: ThreadTeam
    ) {
        var resampled = [Int32](repeating: 0, count: count)
        resampled.withUnsafeMutableBufferPointer { resampled in
            previous.withUnsafeBufferPointer { previous in
                guard let source = previous.baseAddress, let target = resampled.baseAddress else { return }
                resampling.apply(source, target, team: team)
                let labels = labels.foregroundLabels
                team.run(count: labels.count) { _, index in
                    let channel = output + index * count
                    let label = Int32(truncatingIfNeeded: labels[index])
                    for voxel in 0..<count { channel[voxel] = target[voxel] == label ? 1 : 0 }
                }
            }
        }
    }
}

extension PlansConfiguration {
    /// The spacing of the network's grid; a 2D configuration keeps the case's spacing across its slices.
    func networkSpacing(original: [Double]) -> [Double] {
        spacing.count < original.count ? [original[0]] + spacing : spacing
    }
}
