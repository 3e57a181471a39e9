/// Which samples of one axis make each output sample, and with which weights.
///
/// For splines of order 2 and above the samples are B-spline coefficients of the line padded by `padding` edge values on both sides.
package struct AxisTaps: Sendable {
    package let inputCount: Int
    package let outputCount: Int
    /// Taps of each output sample, 1 to 6.
    package let width: Int
    /// The spline's order; 1 for PyTorch's linear interpolation.
    let order: Int
    /// Samples added on each side before the prefilter; zero where there is none.
    let padding: Int
    /// `outputCount × width` indices into the padded line.
    package let indices: [Int]
    /// `outputCount × width` weights.
    package let weights: [Double]
    /// Output k is input k.
    package let isIdentity: Bool

    /// Scikit-image's `resize` with `mode="edge"`, which is SciPy's `zoom` with `grid_mode`; `order` is 0 to 5.
    package static func spline(order: Int, from n: Int, to m: Int) -> AxisTaps {
        guard n != m else { return identity(n) }
        let padding = order > 1 ? 12 : 0
        let scale = Double(n) / Double(m)
        return AxisTaps(n, m, width: order + 1, padding: padding) { k, indices, weights in
            let x = ((Double(k) + 0.5) * scale) - 0.5 + Double(padding)
            let last = n + 2 * padding - 1
            // Even orders are centred on the nearest sample, odd ones between two.
            let middle = (order % 2 == 0 ? x + 0.5 : x).rounded(.down)
            for tap in 0...order { indices.append(min(max(Int(middle) - order / 2 + tap, 0), last)) }
            weights += SplineBasis.weights(order: order, t: x - middle)
        }
    }

    /// PyTorch's linear interpolation without aligned corners; coordinates and weights are float32.
    static func torchLinear(from n: Int, to m: Int) -> AxisTaps {
        guard n != m else { return identity(n) }
        let scale = Float(n) / Float(m)
        return AxisTaps(n, m, width: 2, padding: 0) { k, indices, weights in
            let x = max(0, scale * (Float(k) + 0.5) - 0.5)
            let first = min(Int(x), n - 1)
            let t = x - Float(first)
            indices += [first, min(first + 1, n - 1)]
            weights += [Double(1 - t), Double(t)]
        }
    }

    /// PyTorch's `nearest`.
    static func torchFloor(from n: Int, to m: Int) -> AxisTaps {
        guard n != m else { return identity(n) }
        let scale = Float(n) / Float(m)
        return AxisTaps(n, m, width: 1, padding: 0) { k, indices, weights in
            indices.append(min(Int(Float(k) * scale), n - 1))
            weights.append(1)
        }
    }

    /// PyTorch's `nearest-exact`.
    package static func torchNearest(from n: Int, to m: Int) -> AxisTaps {
        guard n != m else { return identity(n) }
        let scale = Float(n) / Float(m)
        return AxisTaps(n, m, width: 1, padding: 0) { k, indices, weights in
            indices.append(min(Int((Float(k) + 0.5) * scale), n - 1))
            weights.append(1)
        }
    }

    /// Linear or nearest samples of one line as float32: those of the outputs `columns`, one after the other.
    ///
    /// - `line`: the axis' `inputCount` samples; the taps have no padding and at most two of them an output.
    /// - `weights`: the taps' weights in single precision.
    package func stretch(_ line: Span<Float>, columns: Range<Int>, weights: Span<Float>, into result: inout MutableSpan<Float>) {
        precondition(padding == 0 && width <= 2 && line.count == inputCount && weights.count == outputCount * width)
        precondition(columns.lowerBound >= 0 && columns.upperBound <= outputCount && result.count >= columns.count)
        let (indices, first) = (indices.span, columns.lowerBound)
        // Unchecked, since the checks above and the initialiser's hold for every column, and gathering can't prove it for itself.
        if isIdentity {
            for x in columns { result[unchecked: x - first] = line[unchecked: x] }
        } else if width == 1 {
            for x in columns { result[unchecked: x - first] = line[unchecked: indices[unchecked: x]] }
        } else {
            for x in columns {
                result[unchecked: x - first] =
                    line[unchecked: indices[unchecked: 2 * x]] * weights[unchecked: 2 * x] + line[unchecked: indices[unchecked: 2 * x + 1]]
                    * weights[unchecked: 2 * x + 1]
            }
        }
    }

    /// Leaves an axis of n samples as it is.
    package static func identity(_ n: Int) -> AxisTaps {
        AxisTaps(n, n, width: 1, padding: 0, isIdentity: true) { k, indices, weights in
            indices.append(k)
            weights.append(1)
        }
    }

    private init(
        _ n: Int, _ m: Int, width: Int, padding: Int, isIdentity: Bool = false,
        tap: (_ k: Int, _ indices: inout [Int], _ weights: inout [Double]) -> Void
    ) {
        inputCount = n
        outputCount = m
        order = width - 1
        self.width = width
        self.padding = padding
        self.isIdentity = isIdentity
        var indices: [Int] = []
        var weights: [Double] = []
        indices.reserveCapacity(m * width)
        weights.reserveCapacity(m * width)
        for k in 0..<m { tap(k, &indices, &weights) }
        // What passes rely on when they take samples without checking each.
        precondition(indices.count == m * width && weights.count == m * width)
        precondition(indices.allSatisfy { $0 >= 0 && $0 < n + 2 * padding })
        self.indices = indices
        self.weights = weights
    }
}
