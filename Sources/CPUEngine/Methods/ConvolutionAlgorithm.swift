import CKernels

/// A way to compute convolutions: a row of the one table that planner, tests and benchmark read. What runs it is the row of the same name in
/// each instruction set's table of kernels.
package struct ConvolutionAlgorithm: Sendable {
    /// For people, and the kernels' row.
    package let name: String
    /// In which kinds it computes a convolution, those that cost less as a rule first; none where its shape is another.
    package let kinds: @Sendable (Convolution) -> [ConvolutionMethod.Kind]
    /// How it would compute a convolution of its shape on this machine; nil where it had better not.
    let candidate: @Sendable (MethodChoice, Convolution, ConvolutionMethod.Kind) -> MethodChoice.Candidate?
    /// Packs one output panel's weights.
    let pack: @Sendable (PanelPacking) -> Void

    /// The table. At equal cost the planner takes the row that comes first.
    package static let all: [ConvolutionAlgorithm] = [
        ConvolutionAlgorithm(
            name: "direct",
            kinds: { !$0.isTransposed && $0.upsampling == nil ? [.direct] : [] },
            candidate: { choice, convolution, _ in choice.direct(convolution) },
            pack: { ck_pack_direct($0.table, $0.description, $0.weights, $0.packed, $0.panel) }),
        ConvolutionAlgorithm(
            name: "transposed",
            kinds: { $0.isTransposed ? [.transposed] : [] },
            candidate: { choice, convolution, _ in choice.transposed(convolution) },
            pack: { ck_pack_transposed($0.table, $0.description, $0.weights, $0.packed, $0.panel) }),
        ConvolutionAlgorithm(
            name: "head",
            kinds: { $0.hasPlainOutput && !$0.hasPlainInput && $0.kernel == [1, 1, 1] && $0.stride == [1, 1, 1] ? [.head] : [] },
            candidate: { choice, convolution, _ in choice.head(convolution) },
            pack: { if $0.panel == 0 { ck_pack_head($0.table, $0.description, $0.weights, $0.packed) } }),
        ConvolutionAlgorithm(
            name: "winograd",
            kinds: { convolution in convolution.upsampling == nil ? axes(of: convolution).map { .winograd(depth: $0, plane: $1) } : [] },
            candidate: { choice, convolution, kind in choice.winograd(convolution, kind) },
            pack: {
                if $0.transformsWeights {
                    ck_pack_rows($0.table, $0.description, $0.weights, $0.packed, $0.panel)
                } else {
                    packTransformed($0)
                }
            }),
        ConvolutionAlgorithm(
            name: "upsampled winograd",
            kinds: { convolution in convolution.upsampling != nil ? axes(of: convolution).map { .upsampled(depth: $0, plane: $1) } : [] },
            candidate: { choice, convolution, kind in choice.upsampledPart(convolution, kind) },
            pack: { packTransformed($0, isUpsampled: true) }),
    ]

    private static let rows = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// A kind's row.
    static func row(of kind: ConvolutionMethod.Kind) -> ConvolutionAlgorithm {
        guard let row = rows[kind.row] else { preconditionFailure("no row \(kind.row)") }
        return row
    }

    /// The kinds of axes that fit a convolution of blocks, in depth and in the plane.
    private static func axes(of convolution: Convolution) -> [(WinogradAxis, WinogradAxis)] {
        let (kernel, stride) = (convolution.kernel, convolution.stride)
        guard !convolution.isTransposed, !convolution.hasPlainInput, !convolution.hasPlainOutput, kernel[1] == 3, kernel[2] == 3,
            stride[1] == stride[2]
        else { return [] }
        return WinogradAxis.fitting(kernel: kernel[0], stride: stride[0]).flatMap { depth in
            WinogradAxis.fitting(kernel: 3, stride: stride[1]).map { (depth, $0) }
        }
    }
}

/// What packing one output panel works on.
struct PanelPacking {  // pointers: several threads pack panels of one plan
    let table: UnsafePointer<ck_kernels>
    let description: UnsafePointer<ck_convolution>
    let transformsWeights: Bool
    /// (out, in, kernel…), transposed (in, out, kernel…), or of the panel's phase.
    let weights: UnsafePointer<Float>
    /// The start of the whole layer's.
    let packed: UnsafeMutablePointer<Float>
    let phase: Int32
    let panel: Int32
}
