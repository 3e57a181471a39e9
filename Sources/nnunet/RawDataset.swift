import CasePrediction
import Experiments
import Files
import ImageFiles
import Plans

/// A data set of training cases as it lies in `nnUNet_raw`.
struct RawDataset {
    /// Its folder.
    let folder: String
    /// dataset.json.
    let description: DatasetDescription

    /// Where dataset.json lies.
    var descriptionPath: String { folder + "/dataset.json" }

    /// - Parameters:
    ///   - folder: where it lies.
    ///   - option: the one that names the data set, for errors.
    ///   - needsChannels: whether channels must be there.
    /// - Throws: where dataset.json is not there or can't be used.
    init(_ folder: String, option: String, needsChannels: Bool = true) throws {
        self.folder = folder
        try InputPlace.requireFile(folder + "/dataset.json", option: option)
        description = try DatasetDescription(contentsOf: folder + "/dataset.json", needsChannels: needsChannels)
    }

    /// The class that reads the images: the data set's own word, else the first of nnU-Net's that can read one.
    ///
    /// - `acceptsOtherEndings`: whether classes that don't take the ending are tried, too.
    func reader(acceptsOtherEndings: Bool = false) throws -> ReaderWriter {
        guard description.readerWriterName == nil else { return try readerWriter(for: description) }
        return try readerWriter(for: description, example: firstImage(), acceptsOtherEndings: acceptsOtherEndings)
    }

    /// The training cases.
    func cases() throws(Problem) -> [TrainingCase] { try TrainingCase.all(of: description, in: folder) }

    /// The first channel of the first case.
    private func firstImage() throws -> String {
        guard let first = try cases().first?.imagePaths.first else {
            throw Failure(.missing, "\(folder)/imagesTr: no image ends with \(description.fileEnding)")
        }
        return first
    }
}
