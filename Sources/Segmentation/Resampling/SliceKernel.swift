/// Resamples one slice in its plane: along y with sixteen columns at a time, then along x with sixteen rows at a time.
final class SliceKernel {
    private let vertical: AxisTaps
    private let horizontal: AxisTaps
    private let columnLine: SplineLine
    private let rowLine: SplineLine
    /// The slice after the pass along y: `vertical.outputCount` rows of `stride` values.
    private let middle: UnsafeMutablePointer<Double>
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
        middle = .allocate(capacity: max(1, rows * stride))
        middle.initialize(repeating: 0, count: max(1, rows * stride))
    }

    deinit {
        middle.deallocate()
    }

    /// - `clip`: the range values are cut to; nil leaves them.
    func run(_ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>, clip: ClosedRange<Float>?) {
        if vertical.isIdentity && horizontal.isIdentity {
            destination.update(from: source, count: vertical.inputCount * horizontal.inputCount)
            return
        }
        resampleColumns(source)
        let limits = clip.map { (LineVector(repeating: Double($0.lowerBound)), LineVector(repeating: Double($0.upperBound))) }
        resampleRows(destination, limits)
    }

    private func resampleColumns(_ source: UnsafePointer<Float>) {
        let width = horizontal.inputCount
        vertical.withUnsafeTaps { indices, weights in
            for start in Swift.stride(from: 0, to: width, by: SplineLine.lanes) {
                let count = min(SplineLine.lanes, width - start)
                let samples = columnLine.samples + vertical.padding
                for y in 0..<vertical.inputCount { samples[y] = load(source + y * width + start, count) }
                columnLine.prepare()
                for y in 0..<vertical.outputCount {
                    UnsafeMutableRawPointer(middle + y * stride + start)
                        .storeBytes(of: columnLine.value(y, indices, weights), as: LineVector.self)
                }
            }
        }
    }

    private func resampleRows(_ destination: UnsafeMutablePointer<Float>, _ limits: (LineVector, LineVector)?) {
        let lanes = SplineLine.lanes
        let width = horizontal.outputCount
        horizontal.withUnsafeTaps { indices, weights in
            for start in Swift.stride(from: 0, to: vertical.outputCount, by: lanes) {
                let count = min(lanes, vertical.outputCount - start)
                let samples = UnsafeMutableRawPointer(rowLine.samples + horizontal.padding).assumingMemoryBound(to: Double.self)
                for row in 0..<lanes {
                    let values = middle + (start + row) * stride
                    for x in 0..<horizontal.inputCount { samples[x * lanes + row] = values[x] }
                }
                rowLine.prepare()
                for x in 0..<width {
                    var value = rowLine.value(x, indices, weights)
                    if let limits { value = clamp(value, limits) }
                    let target = destination + start * width + x
                    for row in 0..<count { target[row * width] = Float(value[row]) }
                }
            }
        }
    }
}
