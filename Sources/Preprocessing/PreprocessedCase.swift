package import Tensors

/// A case as the network sees it: transposed, cropped, normalised, resampled.
package struct PreprocessedCase: ~Copyable, Sendable {
    /// (channel, z, y, x) in the network's axis order; a cascade's one-hot channels follow the image's.
    package var data: Tensor
    /// What was done, for the way back.
    package let properties: CaseProperties

    /// Joins array and facts.
    package init(data: consuming Tensor, properties: CaseProperties) {
        self.data = data
        self.properties = properties
    }
}
