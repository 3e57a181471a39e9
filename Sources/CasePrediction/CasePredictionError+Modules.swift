public import Archives
public import ImageIO
public import Segmentation
public import TrainedModels

extension CasePredictionError {
    /// An error of reading or writing an image, its path and reason kept apart.
    public init(_ error: ImageIOError) {
        switch error {
        case .unreadable(let path, let reason):
            self = .badInput(path: path, problem: "can't be read: \(reason)", advice: "check that it exists and may be read")
        case .notAnImage(let path, let expected, let found):
            self = .badInput(
                path: path, problem: "is not \(expected) (found \(found))", advice: "give \(expected) in its place, or remove it")
        case .damaged(let path, let reason):
            self = .badInput(path: path, problem: "is damaged: \(reason)", advice: "export or copy it again")
        case .unsupported(let path, let reason):
            self = .badInput(path: path, problem: "is not supported: \(reason)", advice: "")
        case .irregularSeries(let path, let reason, let advice):
            self = .badInput(path: path, problem: "its series is not a regular grid: \(reason)", advice: advice)
        case .incompleteSeries(let path, let reason, let advice):
            self = .badInput(path: path, problem: "its series is incomplete: \(reason)", advice: advice)
        case .unusableSeries(let path, let reason, let advice):
            self = .badInput(path: path, problem: "its series can't be used: \(reason)", advice: advice)
        case .channelsDiffer(let first, let other, let reason):
            self = .badInput(
                path: other, problem: "differs from \(first): \(reason)",
                advice: "all channels of a case must lie on one grid, resample them first")
        case .unwritable(let path, let reason):
            self = .cannotWrite(path: path, problem: "can't be written: \(reason)", advice: "check permissions and free space")
        case .verificationFailed(let path, let reason):
            self = .notVerified(path: path, problem: "reads back differently: \(reason)", advice: "check the disk and predict again")
        }
    }

    /// An error of a model folder or checkpoint, its path and reason kept apart.
    public init(_ error: ModelError) {
        switch error {
        case .unreadable(let path, let reason):
            self = .badModel(path: path, problem: "can't be read: \(reason)", advice: "check that it exists and may be read")
        case .unwritable(let path, let reason):
            self = .cannotWrite(path: path, problem: "can't be written: \(reason)", advice: "check permissions and free space")
        case .damaged(let path, let reason):
            self = .badModel(
                path: path, problem: "damaged or not what its name says: \(reason)", advice: "copy it again from where it was trained")
        case .unsupported(let path, let found, let supported):
            self = .badModel(path: path, problem: "\(found) is not supported", advice: "supported: \(supported)")
        case .mismatch(let path, let item, let expected, let found, let advice):
            self = .badModel(path: path, problem: "\(item): expected \(expected), found \(found)", advice: advice)
        }
    }

    /// An error of a compressed file or archive.
    public init(_ error: ArchiveError) {
        switch error {
        case .unreadable(let path, let reason):
            self = .badInput(path: path, problem: "can't be read: \(reason)", advice: "check that it exists and may be read")
        case .notRegularFile(let path):
            self = .badInput(path: path, problem: "is not a regular file", advice: "give a file, not a folder, pipe or device")
        case .truncated(let path):
            self = .badInput(path: path, problem: "ends too early", advice: "copy it again")
        case .corrupt(let path, let reason):
            self = .badInput(path: path, problem: "is corrupt: \(reason)", advice: "copy it again")
        case .tooLarge(let path, let limit):
            self = .badInput(path: path, problem: "holds more than the \(limit) bytes that are allowed", advice: "check the file")
        case .entryMissing(let path, let name):
            self = .badInput(path: path, problem: "holds no entry \(name)", advice: "check the file")
        case .unsafeEntry(let path, let name, let reason):
            self = .badInput(path: path, problem: "entry \(name) is refused: \(reason)", advice: "")
        case .unwritable(let path, let reason):
            self = .cannotWrite(path: path, problem: "can't be written: \(reason)", advice: "check permissions and free space")
        }
    }

    /// An error of segmenting.
    ///
    /// - input: the case's first file.
    /// - model: the model folder.
    public init(_ error: SegmentationError, input: String, model: String) {
        switch error {
        case .cancelled: self = .cancelled
        case .channelCount, .shapeMismatch, .invalidSpacing, .emptyTarget, .tooLarge, .valueRange:
            self = .badInput(path: input, problem: error.description, advice: "")
        case .unsupported, .previousStageMissing, .previousStageUnexpected, .networkInput, .differentModels, .model:
            self = .badModel(path: model, problem: error.description, advice: "")
        case .invalidStepSize, .notFinite: self = .computation(problem: "\(input): \(error.description)")
        }
    }

    /// Voxels that are NaN or infinite.
    static func notNumbers(path: String, count: Int) -> CasePredictionError {
        .badInput(
            path: path, problem: "\(count) voxel(s) are no finite numbers (NaN or infinity)",
            advice: "replace them by the value of air or background before predicting, or take them as 0 as ITK does (--nan zero, or"
                + " nan = \"zero\" in the route)")
    }

    /// Voxels that are finite in the file, but not as float32.
    static func tooLarge(path: String, count: Int) -> CasePredictionError {
        .badInput(
            path: path, problem: "\(count) voxel(s) are too large for float32, in which networks compute",
            advice: "check the header's scl_slope and scl_inter, and the values")
    }
}
