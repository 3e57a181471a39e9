import Tensors

/// Sixteen neighbouring lines along one axis, resampled together: vector lanes are the lines, so every pass runs on whole vectors.
typealias LineVector = SIMD16<Double>

/// Scratch for the lines of one axis; one for each thread.
struct SplineLine: ~Copyable {
    static let lanes = LineVector.scalarCount
    /// `inputCount + 2·padding` vectors.
    private var samples: Buffer<LineVector>
    private let taps: AxisTaps
    private let poles: [Double]

    init(_ taps: AxisTaps) {
        self.taps = taps
        poles = SplineBasis.poles(order: taps.order)
        samples = Buffer(repeating: .zero, count: taps.inputCount + 2 * taps.padding)
    }

    /// Takes `count` neighbouring lines of an array, at most sixteen.
    ///
    /// - `start`: the first line's first value.
    /// - `step`: from one value of a line to the next.
    @inline(__always)
    mutating func take(_ source: Span<Float>, start: Int, step: Int, count: Int) {
        let (padding, inputCount) = (taps.padding, taps.inputCount)
        var samples = samples.mutableSpan
        for k in 0..<inputCount { samples[padding + k] = load(source, start + k * step, count) }
        prepare()
    }

    /// Takes sixteen rows that lie `stride` apart.
    mutating func takeRows(_ source: borrowing Buffer<Double>, start: Int, stride: Int) {
        let (padding, inputCount, lanes) = (taps.padding, taps.inputCount, Self.lanes)
        var samples = samples.mutableSpan
        var inner = samples.part(padding, count: inputCount)
        var scalars = inner.scalars
        for row in 0..<lanes {
            let values = source.span.part(start + row * stride, count: inputCount)
            // Unchecked: there are `lanes` scalars for each value.
            for x in values.indices { scalars[unchecked: x * lanes + row] = values[x] }
        }
        prepare()
    }

    /// Pads with the edge values and replaces samples by B-spline coefficients, where the taps ask for it.
    private mutating func prepare() {
        let (padding, inputCount, poles) = (taps.padding, taps.inputCount, poles)
        guard padding > 0 else { return }
        var samples = samples.mutableSpan
        let length = samples.count
        let (first, last) = (samples[padding], samples[padding + inputCount - 1])
        for i in 0..<padding {
            samples[i] = first
            samples[length - 1 - i] = last
        }
        let gain = poles.reduce(1) { $0 * (1 - $1) * (1 - 1 / $1) }
        for i in 0..<length { samples[i] *= gain }
        for pole in poles { Self.filter(&samples, pole: pole) }
    }

    /// One pole of SciPy's `spline_filter1d` for half-sample-symmetric ends.
    private static func filter(_ c: inout MutableSpan<LineVector>, pole z: Double) {
        let length = c.count
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

    /// Writes the outputs, `stride` apart.
    func store(into target: inout Buffer<Double>, start: Int, stride: Int) {
        var target = target.mutableSpan
        let outputs = outputs
        for k in 0..<taps.outputCount { target.store(outputs[k], at: start + k * stride) }
    }

    /// The outputs of the lines that were taken.
    var outputs: SplineOutputs {
        @_lifetime(borrow self) get { SplineOutputs(samples: samples.span, taps: taps) }
    }
}

/// What comes out of sixteen lines.
struct SplineOutputs: ~Escapable {
    private let samples: Span<LineVector>
    private let indices: Span<Int>
    private let weights: Span<Double>
    private let width: Int

    @_lifetime(copy samples, borrow taps)
    init(samples: Span<LineVector>, taps: borrowing AxisTaps) {
        precondition(samples.count == taps.inputCount + 2 * taps.padding)
        self.samples = samples
        indices = taps.indices.span
        weights = taps.weights.span
        width = taps.width
    }

    /// Output sample k of every line.
    ///
    /// Taps are read unchecked: `AxisTaps` holds `width` of them for each output, all inside the padded line.
    @inline(__always)
    subscript(k: Int) -> LineVector {
        precondition(k >= 0 && k < indices.count / width)
        let at = width * k
        switch width {
        case 1: return sample(at)
        case 2: return sample(at) * weights[unchecked: at] + sample(at + 1) * weights[unchecked: at + 1]
        case 4:
            return sample(at) * weights[unchecked: at] + sample(at + 1) * weights[unchecked: at + 1]
                + sample(at + 2) * weights[unchecked: at + 2] + sample(at + 3) * weights[unchecked: at + 3]
        default:
            var sum = sample(at) * weights[unchecked: at]
            for tap in at + 1..<at + width { sum += sample(tap) * weights[unchecked: tap] }
            return sum
        }
    }

    @inline(__always)
    private func sample(_ tap: Int) -> LineVector { samples[unchecked: indices[unchecked: tap]] }
}

/// Up to sixteen neighbouring values from `index` on as float64; missing ones are zero.
@inline(__always)
func load(_ source: Span<Float>, _ index: Int, _ count: Int) -> LineVector {
    if count == SplineLine.lanes { return LineVector(source.vector(at: index, as: SIMD16<Float>.self)) }
    var vector = LineVector.zero
    for lane in 0..<count { vector[lane] = Double(source[index + lane]) }
    return vector
}

/// Writes the first `count` lanes as float32, from `index` on.
@inline(__always)
func store(_ vector: LineVector, _ destination: inout MutableSpan<Float>, _ index: Int, _ count: Int) {
    if count == SplineLine.lanes { return destination.store(SIMD16<Float>(vector), at: index) }
    for lane in 0..<count { destination[index + lane] = Float(vector[lane]) }
}

/// Cuts every lane to the limits.
@inline(__always)
func clamp(_ vector: LineVector, _ limits: (LineVector, LineVector)) -> LineVector {
    pointwiseMin(pointwiseMax(vector, limits.0), limits.1)
}

/// The limits of a range in every lane.
func lineLimits(_ range: ClosedRange<Float>?) -> (LineVector, LineVector)? {
    range.map { (LineVector(repeating: Double($0.lowerBound)), LineVector(repeating: Double($0.upperBound))) }
}
