package import Files
package import PythonFormats

/// What a model's `plans.json` says: reading, axis order, intensities, and the configurations.
package struct Plans: Sendable, Hashable {
    /// The whole file in its own order and form, for writing it again.
    package let json: OrderedJSON
    /// The class that reads images and writes segmentations, such as `SimpleITKIO`.
    package let imageReaderWriter: String
    /// Axis i of the network's arrays is axis `transposeForward[i]` of the reader's (z, y, x).
    package let transposeForward: [Int]
    /// The way back: axis i of the reader's arrays is axis `transposeBackward[i]` of the network's.
    package let transposeBackward: [Int]
    /// The training data's intensities, at least one per image channel; only those of CT channels need be numbers.
    package let intensityProperties: [IntensityProperties]
    /// The names of the configurations in the file's order.
    private let configurationNames: [String]
    /// The plans' own name, such as `nnUNetPlans`; empty without the key.
    package let name: String
    /// The dataset the plans were made for; empty without the key.
    package let datasetName: String

    private let path: String

    /// Reads `plans.json`.
    /// - Throws: `Problem` that names the file and the key.
    package init(contentsOf path: String) throws(Problem) {
        try self.init(json: OrderedJSON(contentsOf: path), path: path)
    }

    /// Takes the plans from the parsed file.
    ///
    /// - `path`: For errors only.
    package init(json: OrderedJSON, path: String) throws(Problem) {
        let file = JSONField(file: path, value: json)
        guard json.members != nil else { throw file.failure(expected: "an object") }
        self.json = json
        self.path = path
        imageReaderWriter = try file.required("image_reader_writer").string()
        let forward = try Self.permutation(file.required("transpose_forward"))
        let backward = try Self.permutation(file.required("transpose_backward"))
        guard forward.map({ backward[$0] }) == [0, 1, 2] else {
            throw .mismatch(
                path: path, item: "transpose_backward", expected: "the inverse of transpose_forward, \(forward)", found: "\(backward)",
                advice: "restore the plans.json of the training")
        }
        (transposeForward, transposeBackward) = (forward, backward)
        if let manager = file.optional("label_manager"), try manager.string() != "LabelManager" {
            throw .unsupported(path: path, found: "label_manager = \(try manager.string())", supported: "LabelManager")
        }
        let intensities = try file.required(
            "foreground_intensity_properties_per_channel", or: "foreground_intensity_properties_by_modality")
        var properties: [IntensityProperties] = []
        while let channel = intensities.optional(String(properties.count)), channel.value.members != nil {
            properties.append(IntensityProperties(channel))
        }
        intensityProperties = properties
        configurationNames = try file.required("configurations").members().map(\.key)
        // Names are for people here; nnU-Net's inference never reads them.
        name = file.optional("plans_name")?.value.string ?? ""
        datasetName = file.optional("dataset_name")?.value.string ?? ""
    }

    /// A configuration with everything it inherits.
    ///
    /// Inheritance is shallow (a child's key replaces the parent's whole value) and comes before the upgrade of plans without
    /// `architecture` (nnU-Net's `PlansManager.get_configuration`).
    ///
    /// - `channels`: The number of image channels; what lists hold beyond it nobody reads. Nil reads all of them.
    /// - Throws: `Problem` for an unknown name, a cycle, or an entry that is missing or not supported.
    package func configuration(_ name: String, channels: Int? = nil) throws(Problem) -> PlansConfiguration {
        let configurations = try JSONField(file: path, value: json).required("configurations")
        var chain: [String] = []
        var merged: [OrderedJSON.Member] = []
        var next: String? = name
        while let current = next {
            guard !chain.contains(current) else {
                throw .mismatch(
                    path: path, item: "configurations.\(name).inherits_from", expected: "a chain that ends",
                    found: (chain + [current]).joined(separator: " → "), advice: "restore the plans.json of the training")
            }
            chain.append(current)
            guard let field = configurations.optional(current) else {
                throw .mismatch(
                    path: path, item: "configurations", expected: "a configuration named \(current)",
                    found: configurationNames.joined(separator: ", "), advice: "use the plans.json that belongs to the checkpoint")
            }
            for (key, entry) in try field.members() where !merged.contains(where: { $0.key == key }) {
                merged.append(.init(key, entry.value))
            }
            next = try field.optional("inherits_from")?.string()
        }
        let resolved = JSONField(file: path, name: "configurations.\(name)", value: .object(merged))
        return try PlansConfiguration(name: name, upgradedToArchitecture(resolved), channels: channels)
    }

    private static func permutation(_ field: JSONField) throws(Problem) -> [Int] {
        let axes = try field.integers()
        guard axes.sorted() == [0, 1, 2] else { throw field.failure(expected: "a permutation of 0, 1, 2") }
        return axes
    }
}

/// The class that a dotted name of Python's ends with: `torch.nn.Conv3d` gives `Conv3d`.
package func className(of name: String) -> String { name.split(separator: ".").last.map(String.init) ?? name }
