package import Files

extension Problem {
    /// An architecture outside what is computed.
    package static func unsupportedArchitecture(reason: String) -> Problem {
        Problem(.unsupported, of: .model, "the network's architecture is not supported: \(reason)")
    }

    /// A patch that does not fit the architecture.
    package static func unsupportedPatch(_ patch: [Int], reason: String) -> Problem {
        Problem(.unsupported, of: .model, "the patch \(patch) does not fit the network: \(reason)")
    }

    /// A checkpoint without a tensor of this name.
    package static func missingWeight(_ name: String) -> Problem {
        Problem(
            .mismatch, of: .model,
            "the checkpoint has no weight '\(name)'; it was trained with another architecture than its plans describe")
    }

    /// A tensor of another shape than the architecture asks for.
    package static func weightShape(_ name: String, expected: [Int], found: [Int]) -> Problem {
        Problem(
            .mismatch, of: .model,
            "the weight '\(name)' has shape \(found) where the plans ask for \(expected); checkpoint and plans do not belong together")
    }
}
