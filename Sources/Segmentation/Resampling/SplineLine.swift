/// Sixteen neighbouring lines along one axis, resampled together: vector lanes are the lines, so every pass runs on whole vectors.
typealias LineVector = SIMD16<Double>

/// Scratch for the lines of one axis; one for each thread.
final class SplineLine {
    static let lanes = LineVector.scalarCount
    /// `inputCount + 2·padding` vectors; a caller writes those from `padding` on, then calls `prepare`.
    let samples: UnsafeMutablePointer<LineVector>
    private let taps: AxisTaps
    private let length: Int

    init(_ taps: AxisTaps) {
        self.taps = taps
        length = taps.inputCount + 2 * taps.padding
        samples = .allocate(capacity: max(1, length))
        samples.initialize(repeating: .zero, count: max(1, length))
    }

    deinit {
        samples.deallocate()
    }

    /// Pads with the edge values and replaces samples by B-spline coefficients, where the taps ask for it.
    func prepare() {
        let padding = taps.padding
        guard padding > 0 else { return }
        let (first, last) = (samples[padding], samples[padding + taps.inputCount - 1])
        for i in 0..<padding {
            samples[i] = first
            samples[length - 1 - i] = last
        }
        prefilter()
    }

    /// SciPy's `spline_filter1d` of order 3 for half-sample-symmetric ends.
    private func prefilter() {
        let z = 3.0.squareRoot() - 2
        let c = samples
        let gain = (1 - z) * (1 - 1 / z)
        for i in 0..<length { c[i] *= gain }
        var zn = 1.0
        for _ in 0..<length { zn *= z }
        let c0 = c[0]
        var zi = z
        c[0] += zn * c[length - 1]
        for i in 1..<length {
            c[0] += zi * (c[i] + zn * c[length - 1 - i])
            zi *= z
            // Beyond this a term is 1e-30 of the sum and changes no bit.
            if abs(zi) < 1e-30 { break }
        }
        c[0] = c[0] * (z / (1 - zn * zn)) + c0
        for i in 1..<length { c[i] += z * c[i - 1] }
        c[length - 1] *= z / (z - 1)
        for i in stride(from: length - 2, through: 0, by: -1) { c[i] = z * (c[i + 1] - c[i]) }
    }

    /// Output sample k of every line.
    @inline(__always)
    func value(_ k: Int, _ indices: UnsafePointer<Int>, _ weights: UnsafePointer<Double>) -> LineVector {
        switch taps.width {
        case 1: return samples[indices[k]]
        case 2: return samples[indices[2 * k]] * weights[2 * k] + samples[indices[2 * k + 1]] * weights[2 * k + 1]
        default:
            let (i, w) = (indices + 4 * k, weights + 4 * k)
            return samples[i[0]] * w[0] + samples[i[1]] * w[1] + samples[i[2]] * w[2] + samples[i[3]] * w[3]
        }
    }
}
