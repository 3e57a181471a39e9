package import CasePrediction

extension DICOMModalities {
    /// The route's key that would allow a modality beside those that are taken, as a clause.
    package func keyThatAllows(_ modality: String) -> String {
        let all = ((accepted ?? []).filter { $0 != modality } + [modality]).map { "\"\($0)\"" }.joined(separator: ", ")
        return "allow it in the route's configuration with modalities = [\(all)]"
    }
}
