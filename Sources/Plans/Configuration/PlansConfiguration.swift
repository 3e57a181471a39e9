package import Files
package import PythonFormats

/// One configuration of plans.json, inheritance resolved: how cases are prepared, which patches the network sees, and what it is.
///
/// Axes are in transposed order, that is, after `Plans.transposeForward`.
package struct PlansConfiguration: Sendable, Hashable {
    /// Its name, such as `3d_fullres`.
    package let name: String
    /// The network's input size in voxels; two entries make a 2D configuration, which predicts slices along axis 0.
    package let patchSize: [Int]
    /// The voxel size the network was trained at, in mm; two entries keep a case's own spacing across its slices.
    package let spacing: [Double]
    /// One scheme per image channel.
    package let normalizationSchemes: [NormalizationScheme]
    /// Whether statistics come from the nonzero part only; one per image channel.
    package let useMaskForNormalization: [Bool]
    /// Resampling of images, of a previous stage's labels, and of logits.
    package var resampling: (data: ResamplingFunction, segmentation: ResamplingFunction, probabilities: ResamplingFunction) {
        (resamplingOfData, resamplingOfSegmentation, resamplingOfProbabilities)
    }
    /// The first stage of a cascade, whose labels are further input channels; nil for none.
    package let previousStage: String?
    /// The network as plans.json describes it, in the current format.
    package let architecture: OrderedJSON

    private let resamplingOfData: ResamplingFunction
    private let resamplingOfSegmentation: ResamplingFunction
    private let resamplingOfProbabilities: ResamplingFunction

    /// A configuration from its parts.
    package init(
        name: String, patchSize: [Int], spacing: [Double], normalizationSchemes: [NormalizationScheme],
        useMaskForNormalization: [Bool],
        resamplingOfData: ResamplingFunction = .init(kind: .spline, order: 3),
        resamplingOfSegmentation: ResamplingFunction = .init(kind: .spline, isSegmentation: true, order: 1),
        resamplingOfProbabilities: ResamplingFunction = .init(kind: .spline, order: 1),
        previousStage: String? = nil, architecture: OrderedJSON = .null
    ) {
        self.name = name
        self.patchSize = patchSize
        self.spacing = spacing
        self.normalizationSchemes = normalizationSchemes
        self.useMaskForNormalization = useMaskForNormalization
        self.resamplingOfData = resamplingOfData
        self.resamplingOfSegmentation = resamplingOfSegmentation
        self.resamplingOfProbabilities = resamplingOfProbabilities
        self.previousStage = previousStage
        self.architecture = architecture
    }

    /// Reads a configuration whose inheritance is resolved and whose architecture is in the current format.
    ///
    /// - `channels`: How many entries of lists by channel are read; nil for all.
    package init(name: String, _ field: JSONField, channels: Int?) throws(Problem) {
        let patchSize = try Self.patchSize(in: field)
        let spacing = try Self.spacing(in: field)
        try Self.requireDefaultPreprocessor(in: field)
        self.init(
            name: name, patchSize: patchSize, spacing: spacing,
            normalizationSchemes: try Self.normalizationSchemes(in: field, channels: channels),
            useMaskForNormalization: try Self.masksForNormalization(in: field, channels: channels),
            resamplingOfData: try Self.resampling("resampling_fn_data", in: field),
            resamplingOfSegmentation: try Self.resampling("resampling_fn_seg", in: field),
            resamplingOfProbabilities: try Self.resampling("resampling_fn_probabilities", in: field),
            previousStage: try field.present("previous_stage")?.string(), architecture: try field.required("architecture").value)
    }

    private static func patchSize(in field: JSONField) throws(Problem) -> [Int] {
        let patch = try field.required("patch_size")
        let sizes = try patch.integers()
        guard 2...3 ~= sizes.count, sizes.allSatisfy({ 1...65535 ~= $0 }) else {
            throw patch.failure(expected: "two or three sizes in voxels")
        }
        return sizes
    }

    private static func spacing(in field: JSONField) throws(Problem) -> [Double] {
        let sizes = try field.required("spacing")
        var spacing: [Double] = []
        for element in try sizes.elements() {
            let millimetres = try element.finite()
            guard millimetres > 0 else { throw element.failure(expected: "a positive size in mm") }
            spacing.append(millimetres)
        }
        guard 2...3 ~= spacing.count else { throw sizes.failure(expected: "two or three sizes in mm") }
        return spacing
    }

    private static func requireDefaultPreprocessor(in field: JSONField) throws(Problem) {
        let preprocessor = try field.required("preprocessor_name")
        guard try preprocessor.string() == "DefaultPreprocessor" else {
            throw .unsupported(
                path: field.file, found: "\(preprocessor.name) = \(try preprocessor.string())", supported: "DefaultPreprocessor")
        }
    }

    private static func normalizationSchemes(in field: JSONField, channels: Int?) throws(Problem) -> [NormalizationScheme] {
        var schemes: [NormalizationScheme] = []
        for element in try field.required("normalization_schemes").elements().prefix(channels ?? .max) {
            guard let scheme = NormalizationScheme(rawValue: try element.string()) else {
                throw .unsupported(
                    path: element.file, found: "\(element.name) = \(try element.string())",
                    supported: NormalizationScheme.allCases.map(\.rawValue).joined(separator: ", "))
            }
            schemes.append(scheme)
        }
        return schemes
    }

    /// nnU-Net takes None for false and asserts that everything else is a bool.
    private static func masksForNormalization(in field: JSONField, channels: Int?) throws(Problem) -> [Bool] {
        var masks: [Bool] = []
        for element in try field.required("use_mask_for_norm").elements().prefix(channels ?? .max) {
            masks.append(element.value == .null ? false : try element.bool())
        }
        return masks
    }

    private static func resampling(_ key: String, in field: JSONField) throws(Problem) -> ResamplingFunction {
        try ResamplingFunction(name: field.required(key), arguments: field.required(key + "_kwargs"))
    }
}
