import Tensors

/// Resamples one slice in its plane: along y with sixteen columns at a time, then along x with sixteen rows at a time.
struct SliceKernel: ~Copyable {
    private let vertical: AxisTaps
    private let horizontal: AxisTaps
    private var columnLine: SplineLine
    private var rowLine: SplineLine
    /// The slice after the pass along y: `vertical.outputCount` rows of `stride` values.
    private var middle: Buffer<Double>
    private let stride: Int

    init(_ vertical: AxisTaps, _ horizontal: AxisTaps) {
        self.vertical = vertical
        self.horizontal = horizontal
        columnLine = SplineLine(vertical)
        rowLine = SplineLine(horizontal)
        let lanes = SplineLine.lanes
        stride = (horizontal.inputCount + lanes - 1) / lanes * lanes
        // Whole blocks of rows, so that the pass along x may read rows that don't exist.
        let rows = (vertical.outputCount + lanes - 1) / lanes * lanes
        middle = Buffer(repeating: 0, count: rows * stride)
    }

    /// - `clip`: the range values are cut to; nil leaves them.
    mutating func run(_ source: Span<Float>, _ destination: inout MutableSpan<Float>, clip: ClosedRange<Float>?) {
        precondition(source.count == vertical.inputCount * horizontal.inputCount)
        precondition(destination.count == vertical.outputCount * horizontal.outputCount)
        if vertical.isIdentity && horizontal.isIdentity { return destination.copy(source) }
        resampleColumns(source)
        resampleRows(&destination, lineLimits(clip))
    }

    private mutating func resampleColumns(_ source: Span<Float>) {
        let width = horizontal.inputCount
        for start in Swift.stride(from: 0, to: width, by: SplineLine.lanes) {
            columnLine.take(source, start: start, step: width, count: min(SplineLine.lanes, width - start))
            columnLine.store(into: &middle, start: start, stride: stride)
        }
    }

    private mutating func resampleRows(_ destination: inout MutableSpan<Float>, _ limits: (LineVector, LineVector)?) {
        let (width, height, lanes) = (horizontal.outputCount, vertical.outputCount, SplineLine.lanes)
        for start in Swift.stride(from: 0, to: height, by: lanes) {
            let count = min(lanes, height - start)
            rowLine.takeRows(middle, start: start * stride, stride: stride)
            let outputs = rowLine.outputs
            for x in 0..<width {
                var value = outputs[x]
                if let limits { value = clamp(value, limits) }
                // Unchecked: start + row is below outputCount, x below width, and `run` has compared the counts.
                for row in 0..<count { destination[unchecked: (start + row) * width + x] = Float(value[row]) }
            }
        }
    }
}
