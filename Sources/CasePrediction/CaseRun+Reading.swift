import Files
import ImageFiles
import Imaging
import NIfTI
import TrainedModels

extension CaseRun {
    /// Refuses an image whose result could not be written, before anything is read or computed.
    func requireLabelMaps() throws(Problem) {
        for path in files.channelPaths { try requireLabelMap(of: path, as: predictor.readerWriter) }
    }

    /// Reads the image as the model's plans say; voxels that are no numbers are refused unless the options say what they count as.
    mutating func read(with folder: ModelFolder, channels: [Int]) throws(Problem) -> PresentedImage {
        let start = try begin(.read, model: modelIndex)
        defer { stopwatch.add(.read, since: start) }
        let reader = try readerWriter(named: folder.plans.imageReaderWriter, fileEnding: folder.dataset.fileEnding)
        var image = try readImage(
            paths: files.channelPaths, as: reader, zeroingNotFinite: predictor.options.nonFiniteVoxels == .zero)
        if let refusal = refusal(of: image, reader: reader) { throw refusal }
        for warning in image.warnings + contentWarnings(on: image.image) where !warnings.contains(named(warning)) {
            warnings.append(named(warning))
        }
        guard image.image.channelCount == channels.count else {
            throw .badInput(
                path: files.channelPaths[0], problem: "the case's files hold \(image.image.channelCount) channel(s)",
                advice: "the model takes \(channels.count): \(folder.dataset.channelNames.joined(separator: ", "))")
        }
        image.image.sortChannels(channels)
        return image
    }

    /// Names the channel file that holds values which can't be computed with; nil when there are none.
    private func refusal(of image: borrowing PresentedImage, reader: ReaderWriter) -> Problem? {
        let refusesNotFinite = predictor.options.nonFiniteVoxels == .refuse
        guard image.tooLargeCount > 0 || refusesNotFinite && image.notFiniteCount > 0 else { return nil }
        for path in files.channelPaths where files.channelPaths.count > 1 {
            guard let alone = try? readImage(paths: [path], as: reader) else { continue }
            if refusesNotFinite, alone.notFiniteCount > 0 { return .notNumbers(path: path, count: alone.notFiniteCount) }
            if alone.tooLargeCount > 0 { return .tooLarge(path: path, count: alone.tooLargeCount) }
        }
        guard refusesNotFinite, image.notFiniteCount > 0 else {
            return .tooLarge(path: files.channelPaths[0], count: image.tooLargeCount)
        }
        return .notNumbers(path: files.channelPaths[0], count: image.notFiniteCount)
    }

    /// What is suspicious about the channels' values, each text beginning with the channel's file as those of the reader do.
    private func contentWarnings(on image: borrowing MultichannelImage) -> [String] {
        (0..<image.channelCount).compactMap { channel in
            guard let text = DominantValue(of: image, channel: channel).warning else { return nil }
            return (files.channelPaths.count == image.channelCount ? files.channelPaths[channel] : files.channelPaths[0]) + ": " + text
        }
    }

    /// A warning with channels in the place of paths: the case is named beside it, and a path says nothing to whoever reads a report.
    private func named(_ warning: String) -> String {
        files.channelPaths.enumerated().reduce(warning) { $0.replacing($1.element, with: "channel \($1.offset)") }
    }
}
