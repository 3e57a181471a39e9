/// Why a network cannot be planned or its weights cannot be used.
public enum NetworkError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The architecture is outside what the engine computes.
    case unsupportedArchitecture(reason: String)
    /// The patch does not fit the architecture.
    case unsupportedPatch([Int], reason: String)
    /// The checkpoint has no tensor of this name.
    case missingWeight(String)
    /// A tensor has another shape than the architecture asks for.
    case weightShape(String, expected: [Int], found: [Int])
    /// A tensor is there but cannot be read as float32.
    case unreadableWeight(String, reason: String)
    /// A checkpoint that was found whole can't be used after all.
    case unusableCheckpoint(path: String, reason: String)

    /// What is wrong, for people.
    public var description: String {
        switch self {
        case .unsupportedArchitecture(let reason):
            "the network's architecture is not supported: \(reason)"
        case .unsupportedPatch(let patch, let reason):
            "the patch \(patch) does not fit the network: \(reason)"
        case .missingWeight(let name):
            "the checkpoint has no weight '\(name)'; it was trained with another architecture than its plans describe"
        case .weightShape(let name, let expected, let found):
            "the weight '\(name)' has shape \(found) where the plans ask for \(expected); checkpoint and plans do not belong together"
        case .unreadableWeight(let name, let reason):
            "the weight '\(name)' cannot be read: \(reason)"
        case .unusableCheckpoint(let path, let reason):
            "\(path): damaged or not what its name says: \(reason). Copy it again from where the model was trained."
        }
    }
}
