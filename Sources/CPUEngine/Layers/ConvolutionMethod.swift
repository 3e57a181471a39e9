/// How a convolution is computed.
package struct ConvolutionMethod: Sendable, Hashable {
    /// A row of the table of methods, with the kinds of axes that a Winograd method takes.
    package struct Kind: Sendable, Hashable {
        /// Winograd's axes.
        package struct Axes: Sendable, Hashable {
            package let depth: WinogradAxis
            package let plane: WinogradAxis
        }

        /// The name of the row.
        package let row: String
        /// Nil for methods without tiles.
        package let axes: Axes?

        package init(row: String, axes: Axes? = nil) {
            self.row = row
            self.axes = axes
        }

        package static let direct = Kind(row: "direct")
        package static let transposed = Kind(row: "transposed")
        /// Plain output from a 1x1 kernel, for few output channels.
        package static let head = Kind(row: "head")
        package static func winograd(depth: WinogradAxis, plane: WinogradAxis) -> Kind {
            Kind(row: "winograd", axes: Axes(depth: depth, plane: plane))
        }
        /// Of a convolution with an upsampling before it.
        package static func upsampled(depth: WinogradAxis, plane: WinogradAxis) -> Kind {
            Kind(row: "upsampled winograd", axes: Axes(depth: depth, plane: plane))
        }
    }

    package var kind: Kind
    /// The input is transformed (or staged) first, then work items share output channels; for layers with few positions.
    package var isShared: Bool
    /// Of shared Winograd: weights are kept as they were trained, an eighth of what F(4,3)³ makes of them, and transformed in each pass.
    package var transformsWeights: Bool
    /// Outputs (direct), inputs (transposed) or tiles (Winograd) of one work item on each axis.
    package var brick: [Int]
    /// Positions or tiles of one micro-kernel call.
    package var rows: Int

    package init(kind: Kind, isShared: Bool, transformsWeights: Bool = false, brick: [Int], rows: Int) {
        precondition(isShared || !transformsWeights)
        self.kind = kind
        self.isShared = isShared
        self.transformsWeights = transformsWeights
        self.brick = brick
        self.rows = rows
    }

    /// For people, for example `winograd 4x4x4`, or `winograd 4/2x4/2x4/2` for stride 2.
    package var name: String {
        let method = kind.row + (kind.axes.map { " \($0.depth)x\($0.plane)x\($0.plane)" } ?? "")
        return isShared ? method + (transformsWeights ? " shared, trained weights" : " shared") : method
    }
}
