import Compression
package import Files
package import Networks
import PythonFormats
import Synchronization

/// One trained network as nnU-Net saves it (`checkpoint_final.pth`), memory-mapped.
///
/// The pickle in it is read as data and never carried out. What prediction needs (weights, configuration, trainer, mirroring) must be plain
/// values; anything else in the file may be whatever it is.
package final class Checkpoint: WeightSource, Sendable {
    /// The file.
    package let path: String
    /// The configuration it was trained for, such as `3d_fullres`.
    package let configurationName: String
    /// The trainer's class, such as `nnUNetTrainer`.
    package let trainerName: String
    /// The spatial axes along which mirroring is allowed; nil for no mirroring.
    package let mirroringAxes: [Int]?

    private let file: MappedFile
    private let tensors: [String: TensorView]
    private let storages: [String: Range<Int>]
    private let directory: ZipDirectory?
    private let entries: [String: ZipDirectory.Entry]
    private let verified = Mutex<Set<String>>([])
    private let digest = Mutex<String?>(nil)

    /// Opens a checkpoint and checks its structure; the weights' values are not read yet.
    /// - Throws: `Problem` for a file that is damaged, hostile, or lacks what prediction needs.
    package static func open(path: String) throws(Problem) -> Checkpoint {
        try Checkpoint(CheckpointContainer.open(path))
    }

    private init(_ container: CheckpointContainer) throws(Problem) {
        let graph = container.graph
        let path = container.file.path
        func failure(_ item: String, _ expected: String, _ reference: PickleGraph.Reference?) -> Problem {
            .mismatch(
                path: path, item: item, expected: expected, found: reference.map { graph.describe($0) } ?? "no such key",
                advice: "use a checkpoint that nnU-Net version 2 saved")
        }
        guard graph.pairs(graph.root) != nil else { throw failure("content", "the dictionary of a checkpoint", graph.root) }
        let arguments = graph.value("init_args", in: graph.root)
        guard let arguments, graph.pairs(arguments) != nil else { throw failure("init_args", "a dictionary", arguments) }
        let configuration = graph.value("configuration", in: arguments)
        guard let configuration, let configurationName = graph.text(configuration) else {
            throw failure("init_args.configuration", "text", configuration)
        }
        let trainer = graph.value("trainer_name", in: graph.root)
        guard let trainer, let trainerName = graph.text(trainer) else { throw failure("trainer_name", "text", trainer) }
        let axes = graph.value("inference_allowed_mirroring_axes", in: graph.root)
        if let axes, !graph.isNone(axes) {
            guard let values = graph.integers(axes), values.allSatisfy({ 0...2 ~= $0 }), Set(values).count == values.count else {
                throw failure("inference_allowed_mirroring_axes", "axes from 0 to 2", axes)
            }
            mirroringAxes = values.isEmpty ? nil : values
        } else {
            mirroringAxes = nil
        }
        let weights = graph.value("network_weights", in: graph.root)
        guard let weights, let pairs = graph.pairs(weights) else { throw failure("network_weights", "a dictionary of weights", weights) }

        self.path = path
        self.configurationName = configurationName
        self.trainerName = trainerName
        tensors = try Self.tensors(pairs, in: container)
        file = container.file
        storages = container.storages
        directory = container.directory
        entries = container.entries
    }

    /// The state dict's tensors by name, without the prefixes of PyTorch's wrappers. Entries that are no tensors are left out.
    private static func tensors(
        _ pairs: [(key: PickleGraph.Reference, value: PickleGraph.Reference)], in container: CheckpointContainer
    ) throws(Problem) -> [String: TensorView] {
        var tensors: [String: TensorView] = [:]
        var originals: [String: String] = [:]
        for (key, value) in pairs {
            guard let original = container.graph.text(key) else { continue }
            let name = Self.nameWithoutWrappers(original)
            let tensor: TensorView?
            do throws(Problem) {
                tensor = try container.tensor(value, of: name)
            } catch {
                throw error.at(container.file.path)
            }
            guard originals.updateValue(original, forKey: name) ?? original == original else {
                throw .damagedModel(path: container.file.path, reason: "weight '\(name)' is there with and without a wrapper's prefix")
            }
            tensors[name] = tensor
        }
        return tensors
    }

    /// DataParallel puts `module.` before every name, torch.compile `_orig_mod.`.
    private static func nameWithoutWrappers(_ name: String) -> String {
        var rest = name[...]
        while true {
            if rest.hasPrefix("module.") {
                rest = rest.dropFirst("module.".count)
            } else if rest.hasPrefix("_orig_mod.") {
                rest = rest.dropFirst("_orig_mod.".count)
            } else {
                return String(rest)
            }
        }
    }

    /// The names in the state dict, duplicates included, in alphabetical order.
    package var weightNames: [String] { tensors.keys.sorted() }

    /// Where the network has Mamba layers; nil where it has none. Plans don't say it, and trainers derived from U-Mamba's have names of their own.
    package var uMambaFamily: UMambaArchitecture.Family? {
        if tensors.keys.contains(where: { $0.hasPrefix("mamba_layer.") }) { return .bottleneck }
        return tensors.keys.contains { $0.hasPrefix("encoder.mamba_layers.") } ? .encoder : nil
    }

    /// The SHA-256 of the file in hexadecimal digits. Read through once, when first asked.
    package var sha256: String {
        digest.withLock { known in
            if let known { return known }
            let text = file.sha256
            known = text
            return text
        }
    }

    /// Whether the weight is there, under its own name or as the same weight's other name.
    package func contains(_ name: String) -> Bool { tensor(name) != nil }

    /// The values of a weight in C order as float32; see `WeightSource`.
    package func weight(_ name: String, shape: [Int]) throws(Problem) -> [Float] {
        guard let tensor = tensor(name) else { throw .missingWeight(name) }
        guard tensor.shape == shape else { throw .weightShape(name, expected: shape, found: tensor.shape) }
        do throws(Problem) {
            return try values(of: tensor)
        } catch {
            throw error.of(.model).adding("the weight '\(name)' needs it")
        }
    }

    /// The shape of a weight; nil where it is missing.
    package func shape(of name: String) -> [Int]? { tensor(name)?.shape }

    func values(of tensor: TensorView) throws(Problem) -> [Float] {
        guard let content = storages[tensor.storage] else {
            throw .damagedModel(path: path, reason: "storage '\(tensor.storage)' is missing")
        }
        try verify(tensor.storage, content: content)
        return tensor.values(in: file, content: content)
    }

    /// The first of a weight's names that the state dict has.
    func tensor(_ name: String) -> TensorView? {
        for candidate in Self.names(of: name) {
            if let tensor = tensors[candidate] { return tensor }
        }
        return nil
    }

    /// All tensors that the state dict has for one weight.
    func tensors(_ name: String) -> [TensorView] { Self.names(of: name).compactMap { tensors[$0] } }

    /// The names under which nnU-Net saves one weight, the canonical one first: the decoder holds the encoder a second time, and each
    /// block's `all_modules` its convolution (0) and its normalisation (1 to 3, after dropout and, with `nonlin_first`, the activation).
    static func names(of canonical: String) -> [String] {
        var names = [canonical]
        let parts = canonical.split(separator: ".")
        if parts.count >= 2, let last = parts.last {
            let block = parts.dropLast(2).joined(separator: ".")
            if parts[parts.count - 2] == "conv" { names.append("\(block).all_modules.0.\(last)") }
            if parts[parts.count - 2] == "norm" { names += (1...3).map { "\(block).all_modules.\($0).\(last)" } }
        }
        return canonical.hasPrefix("encoder.") ? names + names.map { "decoder." + $0 } : names
    }

    /// Compares a storage with its CRC, once.
    private func verify(_ key: String, content: Range<Int>) throws(Problem) {
        guard let directory, let entry = entries[key], !verified.withLock({ $0.contains(key) }) else { return }
        try directory.verify(entry, content: content)
        verified.withLock { _ = $0.insert(key) }
    }
}

extension PickleGraph {
    func isNone(_ reference: Reference) -> Bool {
        if case .none = self[reference] { true } else { false }
    }
}
