/// A prepared case that the networks of several models may see.
package final class NetworkInput: Sendable {
    /// The case.
    package let prepared: PreprocessedCase

    /// Takes a case in.
    package init(_ prepared: consuming PreprocessedCase) { self.prepared = prepared }
}

extension Preprocessor {
    /// Whether the other one makes the same array of every case that both read alike; never where a previous stage's labels are part of it.
    package func preparesAlike(_ other: Preprocessor) -> Bool {
        let (own, its) = (configuration, other.configuration)
        guard own.previousStage == nil, its.previousStage == nil, plans.transposeForward == other.plans.transposeForward,
            own.spacing == its.spacing, own.resampling.data == its.resampling.data, own.normalizationSchemes == its.normalizationSchemes,
            own.useMaskForNormalization == its.useMaskForNormalization
        else { return false }
        return own.normalizationSchemes.indices.allSatisfy { channel in
            own.normalizationSchemes[channel] != .ct || plans.intensityProperties[channel] == other.plans.intensityProperties[channel]
        }
    }
}
