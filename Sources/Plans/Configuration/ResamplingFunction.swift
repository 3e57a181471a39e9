package import Files
package import PythonFormats

/// A resampling function of plans.json with its arguments.
package struct ResamplingFunction: Sendable, Hashable {
    /// Which of nnU-Net's functions.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// scikit-image's spline resize; the default.
        case spline = "resample_data_or_seg_to_shape"
        /// PyTorch's linear interpolation.
        case torch = "resample_torch_fornnunet"
        /// The array as it is.
        case none = "no_resampling_hack"
    }

    /// PyTorch's ways to interpolate.
    package enum Mode: Sendable, Hashable {
        case linear
        case nearest
        case nearestExact
    }

    /// The function.
    package var kind: Kind
    /// Whether values are labels.
    package var isSegmentation: Bool
    /// The spline's order in the plane, or in all three axes when z is not separate.
    package var order: Int
    /// The spline's order along a separate axis.
    package var orderZ: Int
    /// Whether the coarse axis is resampled separately; nil decides by the spacing.
    package var forceSeparateZ: Bool?
    /// The ratio of largest to smallest spacing above which an axis is separate.
    package var separateZAnisotropyThreshold: Double
    /// The torch function's `mode`: how it interpolates in the plane where an axis is separate.
    package var planeMode: Mode
    /// Its `aniso_axis_mode`: how it does along the separate axis.
    package var separateMode: Mode
    /// The torch function's `memefficient_seg_resampling`: a label wins where its score exceeds 0.5.
    package var memoryEfficientSegmentation: Bool

    /// A function with nnU-Net's defaults for what is not given.
    package init(
        kind: Kind, isSegmentation: Bool = false, order: Int = 3, orderZ: Int = 0, forceSeparateZ: Bool? = nil,
        separateZAnisotropyThreshold: Double = 3, memoryEfficientSegmentation: Bool = false, planeMode: Mode = .linear,
        separateMode: Mode = .nearestExact
    ) {
        self.kind = kind
        self.isSegmentation = isSegmentation
        self.order = order
        self.orderZ = orderZ
        self.forceSeparateZ = forceSeparateZ
        self.separateZAnisotropyThreshold = separateZAnisotropyThreshold
        self.memoryEfficientSegmentation = memoryEfficientSegmentation
        self.planeMode = planeMode
        self.separateMode = separateMode
    }

    package init(name: JSONField, arguments: JSONField) throws(Problem) {
        guard let kind = Kind(rawValue: try name.string()) else {
            throw .unsupported(
                path: name.file, found: "\(name.name) = \(try name.string())",
                supported: Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        // Without the key the default function never separates z, the torch function decides by the spacing.
        self.init(kind: kind, forceSeparateZ: kind == .spline ? false : nil)
        for (key, field) in try arguments.members() { try set(key, field) }
        // Without a separate axis the torch function passes neither mode on.
        guard kind == .torch, forceSeparateZ != false else { return }
        if let field = arguments.optional("mode") { planeMode = try Self.mode(field, linear: ["linear", "bilinear"]) }
        if let field = arguments.optional("aniso_axis_mode") { separateMode = try Self.mode(field, linear: ["linear", "trilinear"]) }
    }

    private mutating func set(_ key: String, _ field: JSONField) throws(Problem) {
        switch (kind, key) {
        case (.spline, "is_seg"), (.torch, "is_seg"): isSegmentation = field.isTrue
        case (.spline, "force_separate_z"), (.torch, "force_separate_z"): forceSeparateZ = field.value == .null ? nil : field.isTrue
        case (.spline, "separate_z_anisotropy_threshold"), (.torch, "separate_z_anisotropy_threshold"):
            separateZAnisotropyThreshold = try field.number()
        case (.spline, "order"): order = try Self.order(field)
        case (.spline, "order_z"): orderZ = try Self.order(field)
        case (.torch, "memefficient_seg_resampling"): memoryEfficientSegmentation = field.isTrue
        case (.torch, "mode"), (.torch, "aniso_axis_mode"), (.torch, "num_threads"), (.torch, "device"): break
        default: throw field.failure(expected: "an argument that \(kind.rawValue) has")
        }
    }

    private static func mode(_ field: JSONField, linear: [String]) throws(Problem) -> Mode {
        switch try field.string() {
        case "nearest": return .nearest
        case "nearest-exact": return .nearestExact
        case let name where linear.contains(name): return .linear
        case let name:
            throw .unsupported(
                path: field.file, found: "\(field.name) = \(name)",
                supported: (linear + ["nearest", "nearest-exact"]).joined(separator: ", "))
        }
    }

    private static func order(_ field: JSONField) throws(Problem) -> Int {
        let order = try field.integer()
        guard 0...5 ~= order else { throw field.failure(expected: "a spline order from 0 to 5") }
        return order
    }
}
