public import Tensors

/// A case as the network sees it: transposed, cropped, normalised, resampled.
public struct PreprocessedCase: ~Copyable, Sendable {
    /// (channel, z, y, x) in the network's axis order; a cascade's one-hot channels follow the image's.
    public var data: Tensor
    /// What was done, for the way back.
    public let properties: CaseProperties

    /// Joins array and facts.
    public init(data: consuming Tensor, properties: CaseProperties) {
        self.data = data
        self.properties = properties
    }
}
