package import Files
import Glibc

extension Problem {
    /// An image with another number of channels than the model was trained on.
    package static func channelCount(expected: Int, found: Int) -> Problem {
        Problem(
            .mismatch,
            "the model needs \(expected) image channel\(expected == 1 ? "" : "s"), the case has \(found); "
                + "give one file or series for each channel in the order of dataset.json")
    }

    /// A spacing that is not three positive finite numbers, (z, y, x) mm.
    package static func invalidSpacing(_ spacing: [Double]) -> Problem {
        Problem(.unusable, "the spacing \(spacing) mm (z, y, x) is not three positive numbers; correct the image's header")
    }

    /// Resampling to the model's spacing that leaves nothing of an axis; shapes are (z, y, x) of the network.
    package static func emptyTarget(shape: [Int], target: [Int]) -> Problem {
        Problem(
            .unusable, "resampling \(shape) voxels to the model's spacing gives \(target); the image is too thin for this model")
    }

    /// Plans that ask for something that is not done.
    package static func unsupported(what: String, supported: String) -> Problem {
        Problem(.unsupported, of: .model, "the plans ask for \(what); supported: \(supported)")
    }

    /// A channel normalised as RGB that has values outside 0…255.
    package static func valueRange(channel: Int, minimum: Float, maximum: Float) -> Problem {
        Problem(
            .unusable, "channel \(channel) has values from \(minimum) to \(maximum); its normalisation (RGBTo01) needs 0 to 255")
    }

    /// A configuration of a cascade that was given no segmentation of its first stage.
    package static func previousStageMissing(configuration: String, stage: String) -> Problem {
        Problem(
            .mismatch, of: .model,
            "the configuration \(configuration) needs the segmentation of its first stage \(stage); predict that first")
    }

    /// A configuration that is no second stage and was given a segmentation of a previous one.
    package static func previousStageUnexpected(configuration: String) -> Problem {
        Problem(
            .mismatch, of: .model,
            "the configuration \(configuration) is no second stage of a cascade; predict it without a previous segmentation")
    }
}

/// The product of a shape, or an error when an array of it would not fit into this machine's memory; `bytes` is the size of one element.
package func checkedCount(_ shape: [Int], what: String, bytes: Int = 4) throws(Problem) -> Int {
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
