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
    ///   - team: does the work.
    /// - Returns: the network's input and the way back.
    /// - Throws: `Problem` for an image that the plans can't prepare.
    package func callAsFunction(
        _ image: consuming MultichannelImage, arraySpacing: [Double], team: ThreadTeam
    ) throws(Problem) -> PreprocessedCase {
        if let stage = configuration.previousStage {
            throw .previousStageMissing(configuration: configuration.name, stage: stage)
        }
        return try prepare(image, arraySpacing, previousStage: Span(), team)
    }

    /// Prepares a case for the second stage of a cascade.
    ///
    /// - Parameters:
    ///   - image: every channel, (channel, z, y, x) as the reader gives it.
    ///   - arraySpacing: (z, y, x) mm as the reader gives it.
    ///   - previousStage: the first stage's labels on the image's grid.
    ///   - team: does the work.
    /// - Returns: the network's input and the way back.
    /// - Throws: `Problem` for an image or a segmentation that the plans can't prepare.
    package func callAsFunction(
        _ image: consuming MultichannelImage, arraySpacing: [Double], previousStage: borrowing LabelMap, team: ThreadTeam
    ) throws(Problem) -> PreprocessedCase {
        guard configuration.previousStage != nil else { throw .previousStageUnexpected(configuration: configuration.name) }
        let (expected, found) = (image.geometry.arrayShape, previousStage.geometry.arrayShape)
        guard expected == found else { throw .shapeMismatch(what: "the previous stage's segmentation", expected: expected, found: found) }
        return try prepare(image, arraySpacing, previousStage: previousStage.voxels.span, team)
    }

    /// - `previousStage`: empty for none.
    private func prepare(
        _ image: consuming MultichannelImage, _ arraySpacing: [Double], previousStage: Span<UInt16>, _ team: ThreadTeam
    ) throws(Problem) -> PreprocessedCase {
        let channels = configuration.normalizationSchemes.count
        guard image.channelCount == channels else { throw .channelCount(expected: channels, found: image.channelCount) }
        guard arraySpacing.count == 3, arraySpacing.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw .invalidSpacing(arraySpacing) }
        let readerShape = image.geometry.arrayShape
        guard readerShape.allSatisfy({ $0 > 0 }) else { throw .emptyTarget(shape: readerShape, target: readerShape) }

        let axes = plans.transposeForward
        let source = image.voxels.span
        let box = NonzeroRegion.boundingBox(source, channels: channels, shape: readerShape, team: team)
        let view = GridView(readerShape: readerShape, axes: axes, box: axes.map { box[$0] })
        let region = CroppedRegion(view: view, source: source, previousStage: previousStage, team: team)
        let properties = CaseProperties(spacing: arraySpacing, shapeBeforeCropping: axes.map { readerShape[$0] }, boundingBox: view.box)
        return PreprocessedCase(data: try networkInput(region, spacing: axes.map { arraySpacing[$0] }), properties: properties)
    }

    /// The region's channels and the previous stage's labels on the network's grid.
    ///
    /// - `spacing`: of the region, (z, y, x) mm in the network's axis order.
    private func networkInput(_ region: borrowing CroppedRegion, spacing: [Double]) throws(Problem) -> Tensor {
        let channels = configuration.normalizationSchemes.count
        let (shape, targetSpacing) = (region.view.shape, configuration.networkSpacing(original: spacing))
        let target = try resampledShape(shape, from: spacing, to: targetSpacing)
        let resampling = ImageResampling(
            configuration.resampling.data, from: shape, to: target, current: spacing, new: targetSpacing)
        let extra = region.previousStage.isEmpty ? 0 : labels.foregroundLabels.count
        let plane = try checkedCount(resampling.outputShape, what: "the resampled image")
        let count = try checkedCount([channels + extra] + resampling.outputShape, what: "the network's input")
        var data = Buffer<Float>(uninitializedCount: count)

        let mask = configuration.useMaskForNormalization.contains(true) || extra > 0 ? region.nonzeroMask(channels: channels) : nil
        let previous = extra > 0 ? region.previousLabels(outside: mask) : nil
        var output = data.mutableSpan
        try prepareChannels(region, mask: mask, previous: previous, resampling, plane: plane, into: &output)
        if let previous {
            let labelResampling = LabelResampling(
                configuration.resampling.segmentation, from: shape, to: target, current: spacing, new: targetSpacing)
            var oneHots = output.part(channels * plane, count: extra * plane)
            oneHot(previous, labelResampling, plane: plane, into: &oneHots, team: region.team)
        }
        return Tensor(shape: [channels + extra] + resampling.outputShape, buffer: data)
    }

    /// Crops, normalises and resamples every channel of the image.
    private func prepareChannels(
        _ region: borrowing CroppedRegion, mask: [UInt8]?, previous: [Int32]?, _ resampling: ImageResampling, plane: Int,
        into output: inout MutableSpan<Float>
    ) throws(Problem) {
        var scratch = Buffer<Float>(uninitializedCount: resampling.isIdentity ? 0 : region.count)
        for channel in 0..<configuration.normalizationSchemes.count {
            var place = output.part(channel * plane, count: plane)
            if resampling.isIdentity {
                region.copy(channel: channel, to: &place)
                try normalize(&place, channel: channel, mask: mask, previous: previous, team: region.team)
            } else {
                var cropped = scratch.mutableSpan
                region.copy(channel: channel, to: &cropped)
                try normalize(&cropped, channel: channel, mask: mask, previous: previous, team: region.team)
                resampling.apply(scratch.span, &place, team: region.team)
            }
        }
    }

    private func normalize(
        _ values: inout MutableSpan<Float>, channel: Int, mask: [UInt8]?, previous: [Int32]?, team: ThreadTeam
    ) throws(Problem) {
        let normalization = Normalization(
            scheme: configuration.normalizationSchemes[channel], intensities: plans.intensityProperties[channel], channel: channel,
            team: team)
        guard configuration.useMaskForNormalization[channel], let mask else { return try normalization.apply(&values, inside: nil) }
        // A voxel that the first stage labelled counts as inside even where the image is zero.
        try normalization.apply(&values, inside: previous.map { $0.map { $0 >= 0 ? 1 : 0 } } ?? mask)
    }

    /// One channel of zeros and ones for each foreground label, in ascending order.
    private func oneHot(
        _ previous: [Int32], _ resampling: LabelResampling, plane: Int, into output: inout MutableSpan<Float>, team: ThreadTeam
    ) {
        var resampled = Buffer<Int32>(uninitializedCount: plane)
        var target = resampled.mutableSpan
        resampling.apply(previous.span, &target, team: team)
        let (voxels, labels) = (resampled.span, labels.foregroundLabels)
        team.forEachPart(of: &output, size: plane) { index, channel in
            let label = Int32(truncatingIfNeeded: labels[index])
            for voxel in channel.indices { channel[voxel] = voxels[voxel] == label ? 1 : 0 }
        }
    }
}

extension PlansConfiguration {
    /// The spacing of the network's grid; a 2D configuration keeps the case's spacing across its slices.
    package func networkSpacing(original: [Double]) -> [Double] {
        spacing.count < original.count ? [original[0]] + spacing : spacing
    }
}
