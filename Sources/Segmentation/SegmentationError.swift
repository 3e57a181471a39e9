import Glibc

/// Why a case cannot be segmented; the text says what was expected, what was found and what to do.
public enum SegmentationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The caller asked to stop.
    case cancelled
    /// The image has another number of channels than the model was trained on.
    case channelCount(expected: Int, found: Int)
    /// Two arrays that belong together differ in shape, both (z, y, x).
    case shapeMismatch(what: String, expected: [Int], found: [Int])
    /// The spacing is not three positive finite numbers, (z, y, x) mm.
    case invalidSpacing([Double])
    /// Resampling to the model's spacing leaves nothing of an axis; shapes are (z, y, x) of the network.
    case emptyTarget(shape: [Int], target: [Int])
    /// An array would need more memory than can be addressed or is sensible.
    case tooLarge(what: String, shape: [Int])
    /// The plans ask for something that is not supported.
    case unsupported(what: String, supported: String)
    /// A channel normalised as RGB has values outside 0…255.
    case valueRange(channel: Int, minimum: Float, maximum: Float)
    /// A configuration of a cascade was given no segmentation of its first stage.
    case previousStageMissing(configuration: String, stage: String)
    /// A configuration that is no second stage was given a segmentation of a previous one.
    case previousStageUnexpected(configuration: String)
    /// The step of the sliding window is not in (0, 1].
    case invalidStepSize(Double)
    /// The preprocessed array does not fit the network.
    case networkInput(expected: String, found: String)
    /// The network gave infinities or NaN.
    case notFinite(what: String)
    /// The models of an ensemble do not belong together.
    case differentModels(reason: String)
    /// Reading or planning the model failed.
    case model(reason: String)

    /// What is wrong, for people.
    public var description: String {
        switch self {
        case .cancelled:
            "the segmentation was cancelled"
        case .channelCount(let expected, let found):
            "the model needs \(expected) image channel\(expected == 1 ? "" : "s"), the case has \(found); "
                + "give one file or series for each channel in the order of dataset.json"
        case .shapeMismatch(let what, let expected, let found):
            "\(what) has shape \(found), expected \(expected) (z, y, x); it must lie on the grid of the image"
        case .invalidSpacing(let spacing):
            "the spacing \(spacing) mm (z, y, x) is not three positive numbers; correct the image's header"
        case .emptyTarget(let shape, let target):
            "resampling \(shape) voxels to the model's spacing gives \(target); the image is too thin for this model"
        case .tooLarge(let what, let shape):
            "\(what) of shape \(shape) is too large for this machine; check the image's size and spacing"
        case .unsupported(let what, let supported):
            "the plans ask for \(what); supported: \(supported)"
        case .valueRange(let channel, let minimum, let maximum):
            "channel \(channel) has values from \(minimum) to \(maximum); its normalisation (RGBTo01) needs 0 to 255"
        case .previousStageMissing(let configuration, let stage):
            "the configuration \(configuration) needs the segmentation of its first stage \(stage); predict that first"
        case .previousStageUnexpected(let configuration):
            "the configuration \(configuration) is no second stage of a cascade; predict it without a previous segmentation"
        case .invalidStepSize(let step):
            "the step size \(step) is outside 0 < step ≤ 1"
        case .networkInput(let expected, let found):
            "the network takes \(expected), the preprocessed case has \(found); plans and checkpoint do not belong together"
        case .notFinite(let what):
            "\(what) has infinite or undefined values; check the image's intensities and the checkpoint"
        case .differentModels(let reason):
            "the models cannot form an ensemble: \(reason)"
        case .model(let reason):
            reason
        }
    }
}

/// The product of a shape, or an error when an array of it would not fit into this machine's memory; `bytes` is the size of one element.
package func checkedCount(_ shape: [Int], what: String, bytes: Int = 4) throws(SegmentationError) -> Int {
    var count = 1
    for size in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard size >= 0, !overflow, product <= physicalMemory / bytes else { throw .tooLarge(what: what, shape: shape) }
        count = product
    }
    return count
}

/// Bytes of memory this machine has.
private let physicalMemory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
