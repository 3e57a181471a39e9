package import Files
package import Plans
import PythonFormats
package import Tensors

/// How one array of intensities gets from one grid to another, planned once and used for every channel (`resample_data_or_seg`).
///
/// Works axis by axis in float64 with one float32 array between the slices' plane and the axis across them. Axis 0 below is the separate
/// axis where there is one; otherwise it is z. Shapes are (z, y, x) of the network.
package struct ImageResampling: Sendable {
    /// Where values are cut to the range of the input, since splines overshoot.
    enum Clipping { case none, volume, slice }

    let inputShape: [Int]
    package let outputShape: [Int]
    /// The axis resampled on its own; nil when all three are resampled together.
    let separate: Int?
    /// One for each axis, (z, y, x).
    let taps: [AxisTaps]
    let clipping: Clipping

    /// - `current`, `new`: spacings (z, y, x) mm, which decide about a separate axis.
    package init(_ function: ResamplingFunction, from shape: [Int], to target: [Int], current: [Double], new: [Double])
        throws(Problem)
    {
        inputShape = shape
        outputShape = function.kind == .none ? shape : target
        let axis = segmentationSeparateAxis(function, current: current, new: new)
        separate = axis
        switch function.kind {
        case .none:
            taps = shape.map(AxisTaps.identity)
            clipping = .none
        case .torch:
            taps = (0..<3).map {
                $0 == axis ? .torchNearest(from: shape[$0], to: target[$0]) : .torchLinear(from: shape[$0], to: target[$0])
            }
            clipping = .none
        case .spline:
            for order in [function.order, function.orderZ] where ![0, 1, 3].contains(order) {
                throw .unsupported(what: "resampling with splines of order \(order)", supported: "the orders 0, 1 and 3")
            }
            taps = (0..<3).map { .spline(order: $0 == axis ? function.orderZ : function.order, from: shape[$0], to: target[$0]) }
            // Orders 0 and 1 give no value outside the input's range.
            clipping = function.order < 3 ? .none : axis == nil ? .volume : .slice
        }
    }

    /// Whether the array stays as it is.
    var isIdentity: Bool { taps.allSatisfy(\.isIdentity) }

    /// Resamples one channel.
    ///
    /// - `source`: `inputShape` values in C order. `destination`: `outputShape` values, all written; other memory than `source`.
    package func apply(_ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>, team: ThreadTeam) {
        guard let separate, separate > 0 else {
            return Passes(shape: inputShape, taps: taps, clipping: clipping, team: team).run(source, destination)
        }
        // The separate axis is brought to the front and back; nnU-Net's slices are then rows in memory like any other.
        let order = [separate] + [0, 1, 2].filter { $0 != separate }
        let back = [0, 1, 2].map { axis in order.firstIndex(of: axis) ?? axis }
        let turned = FloatBuffer(uninitializedCount: inputShape.reduce(1, *))
        let result = FloatBuffer(uninitializedCount: outputShape.reduce(1, *))
        guard let turnedBase = turned.unsafeStorage.baseAddress, let resultBase = result.unsafeStorage.baseAddress else { return }
        transpose(source, shape: inputShape, axes: order, into: turnedBase, team: team)
        Passes(shape: order.map { inputShape[$0] }, taps: order.map { taps[$0] }, clipping: clipping, team: team)
            .run(UnsafePointer(turnedBase), resultBase)
        transpose(UnsafePointer(resultBase), shape: order.map { outputShape[$0] }, axes: back, into: destination, team: team)
    }
}

/// The separate axis under the plans' function; nil for functions that know none.
func segmentationSeparateAxis(_ function: ResamplingFunction, current: [Double], new: [Double]) -> Int? {
    guard function.kind != .none else { return nil }
    return separateAxis(
        current: current, new: new, force: function.forceSeparateZ, threshold: function.separateZAnisotropyThreshold)
}

/// The passes over one channel: every slice in its plane, then the lines across the slices.
private struct Passes {
    let shape: [Int]
    let taps: [AxisTaps]
    let clipping: ImageResampling.Clipping
    let team: ThreadTeam

    private var rows: Int { taps[1].outputCount }
    private var columns: Int { taps[2].outputCount }
    private var plane: Int { rows * columns }

    func run(_ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>) {
        let range = clipping == .volume ? valueRange(source, count: shape.reduce(1, *), team: team) : nil
        let planeIsIdentity = taps[1].isIdentity && taps[2].isIdentity
        if taps[0].width == 1 {
            // Nearest across the slices: only slices that are used are computed, each once.
            var targets = [[Int]](repeating: [], count: shape[0])
            for (k, index) in taps[0].indices.enumerated() { targets[index].append(k) }
            resampleSlices(of: source, range: range, to: destination, targets: targets)
        } else if planeIsIdentity {
            resampleAcross(source, range: range, to: destination)
        } else {
            let middle = FloatBuffer(uninitializedCount: shape[0] * plane)
            guard let base = middle.unsafeStorage.baseAddress else { return }
            // The clip of a whole volume comes after the last axis.
            resampleSlices(of: source, range: nil, to: base, targets: (0..<shape[0]).map { [$0] })
            resampleAcross(UnsafePointer(base), range: range, to: destination)
        }
    }

    private func resampleSlices(
        of source: UnsafePointer<Float>, range: ClosedRange<Float>?, to destination: UnsafeMutablePointer<Float>, targets: [[Int]]
    ) {
        let slices = targets.indices.filter { !targets[$0].isEmpty }
        let kernels = (0..<team.threadCount).map { _ in SliceKernel(taps[1], taps[2]) }
        let inputPlane = shape[1] * shape[2]
        team.run(count: slices.count) { worker, index in
            let z = slices[index]
            let slice = source + z * inputPlane
            let first = destination + targets[z][0] * plane
            var bounds = range
            if clipping == .slice { bounds = finiteRange(slice, count: inputPlane) }
            kernels[worker].run(slice, first, clip: bounds)
            for target in targets[z].dropFirst() { (destination + target * plane).update(from: first, count: plane) }
        }
    }

    private func resampleAcross(_ source: UnsafePointer<Float>, range: ClosedRange<Float>?, to destination: UnsafeMutablePointer<Float>) {
        let across = taps[0]
        let lines = (0..<team.threadCount).map { _ in SplineLine(across) }
        let blocks = (columns + SplineLine.lanes - 1) / SplineLine.lanes
        let limits = range.map { (LineVector(repeating: Double($0.lowerBound)), LineVector(repeating: Double($0.upperBound))) }
        team.run(count: rows) { worker, y in
            let line = lines[worker]
            for block in 0..<blocks {
                let start = y * columns + block * SplineLine.lanes
                let count = min(SplineLine.lanes, columns - block * SplineLine.lanes)
                for z in 0..<shape[0] { line.samples[across.padding + z] = load(source + z * plane + start, count) }
                line.prepare()
                across.withUnsafeTaps { indices, weights in
                    for z in 0..<across.outputCount {
                        var value = line.value(z, indices, weights)
                        if let limits { value = clamp(value, limits) }
                        store(value, destination + z * plane + start, count)
                    }
                }
            }
        }
    }
}

/// Up to sixteen neighbouring values as float64; missing ones are zero.
@inline(__always)
func load(_ source: UnsafePointer<Float>, _ count: Int) -> LineVector {
    if count == SplineLine.lanes { return LineVector(UnsafeRawPointer(source).loadUnaligned(as: SIMD16<Float>.self)) }
    var vector = LineVector.zero
    for lane in 0..<count { vector[lane] = Double(source[lane]) }
    return vector
}

/// Writes the first `count` lanes as float32.
@inline(__always)
func store(_ vector: LineVector, _ destination: UnsafeMutablePointer<Float>, _ count: Int) {
    if count == SplineLine.lanes {
        UnsafeMutableRawPointer(destination).storeBytes(of: SIMD16<Float>(vector), as: SIMD16<Float>.self)
        return
    }
    for lane in 0..<count { destination[lane] = Float(vector[lane]) }
}

/// Cuts every lane to the limits.
@inline(__always)
func clamp(_ vector: LineVector, _ limits: (LineVector, LineVector)) -> LineVector {
    pointwiseMin(pointwiseMax(vector, limits.0), limits.1)
}
