package import Files
import Plans
package import Preprocessing
package import Tensors

/// The network's output for one case at the network's resolution, averaged over tiles, mirrorings and folds; all of it, or as far as a
/// `LogitStream` has come.
package final class Logits: Sendable {
    /// (head, z, y, x) in the network's axis order, float32.
    package let values: LogitVolume
    /// How the case was cut from its image.
    package let properties: CaseProperties
    /// The model that made them.
    package let model: ModelFacts

    /// The rows of a case whose logits are all there.
    package var allRows: FinalRows {
        let layout = values.layout
        return FinalRows(outer: 0..<layout.image[layout.outerAxis], inner: 0..<layout.image[layout.innerAxis])
    }

    /// Joins logits and what their export needs.
    ///
    /// Throws where the array has not one channel for each label or region of the model.
    package init(values: LogitVolume, properties: CaseProperties, model: ModelFacts) throws(Problem) {
        guard values.shape[0] == model.labels.headCount else {
            throw .networkInput(expected: "\(model.labels.headCount) output channels", found: "\(values.shape)")
        }
        self.values = values
        self.properties = properties
        self.model = model
    }
}
