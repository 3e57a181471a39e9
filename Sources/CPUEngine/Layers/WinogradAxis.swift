import CKernels

/// A kind of axis of Winograd's methods: a line of the kernels' table.
package struct WinogradAxis: Sendable, Hashable, CustomStringConvertible {
    /// Inputs from one tile to the next; every kind has its own.
    package let step: Int
    /// Outputs of one tile.
    package let outputs: Int
    /// Of the kernel that it computes.
    package let stride: Int
    /// The kernel's size.
    package let kernel: Int
    /// Frequencies of a tile's products.
    package let frequencies: Int
    /// Sets of weights that these products take: more than frequencies where phases of the input meet in one.
    package let weightSets: Int
    /// For people: the outputs of a tile, behind a stroke the stride.
    package let description: String

    private init(_ line: ck_axis_line) {
        step = Int(line.axis.rawValue)
        outputs = Int(line.outputs)
        stride = Int(line.stride)
        kernel = Int(line.kernel)
        frequencies = Int(line.frequencies)
        weightSets = Int(line.weight_sets)
        description = String(cString: line.name)
    }

    /// Every kind; where several fit an axis, those that cost less as a rule come first.
    package static let all: [WinogradAxis] = {
        var lines: [WinogradAxis] = []
        while let line = ck_axis_at(Int32(lines.count)) { lines.append(WinogradAxis(line.pointee)) }
        return lines
    }()

    /// F(4,3).
    package static let four = of(ck_axis_four)
    /// F(2,3).
    package static let two = of(ck_axis_two)
    /// Stride 2, four outputs of nine inputs.
    package static let strided = of(ck_axis_strided)
    /// Kernel 1, which passes values unchanged.
    package static let one = of(ck_axis_one)

    private static func of(_ axis: ck_axis) -> WinogradAxis {
        guard let found = all.first(where: { $0.axis == axis }) else { preconditionFailure("a kind without a line") }
        return found
    }

    /// The kinds that fit a kernel size and stride.
    package static func fitting(kernel: Int, stride: Int) -> [WinogradAxis] {
        all.filter { $0.kernel == kernel && $0.stride == stride }
    }

    /// Inputs of one tile.
    package var inputs: Int { (outputs - 1) * stride + kernel }
    /// Tiles of so many outputs.
    package func tiles(_ size: Int) -> Int { (size + outputs - 1) / outputs }

    /// As the kernels call it.
    var axis: ck_axis { ck_axis(rawValue: UInt32(step)) }
}
