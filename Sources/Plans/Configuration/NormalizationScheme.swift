/// How one image channel is normalised; the raw values are nnU-Net's class names.
package enum NormalizationScheme: String, Sendable, Hashable, CaseIterable {
    /// Zero mean and unit standard deviation of the case, or of its nonzero part.
    case zScore = "ZScoreNormalization"
    /// Clipped to the training data's percentiles, then scaled by its mean and standard deviation.
    case ct = "CTNormalization"
    /// As it is.
    case none = "NoNormalization"
    /// The case's range mapped to 0…1.
    case rescaleTo01 = "RescaleTo01Normalization"
    /// 0…255 mapped to 0…1; other values are an error.
    case rgbTo01 = "RGBTo01Normalization"
}

extension NormalizationScheme {
    /// What nnU-Net plans for a channel of this name, whatever its case: `zScore` for any name it does not know.
    package init(channelName: String) {
        self =
            switch channelName.lowercased() {
            case "ct": .ct
            case "nonorm": .none
            case "rescale_to_0_1": .rescaleTo01
            case "rgb_to_0_1": .rgbTo01
            default: .zScore
            }
    }
}
