package import Plans
package import Tensors

/// How one array of intensities gets from one grid to another, planned once and used for every channel (`resample_data_or_seg`).
///
/// Works axis by axis in float64 with one float32 array between the slices' plane and the axis across them. Axis 0 below is the separate
/// axis where there is one; otherwise it is z. Shapes are (z, y, x) of the network.
package struct ImageResampling: Sendable {
    /// Where values are cut to the range of the input, since splines overshoot.
    enum Clipping { case none, volume, slice }

    package let inputShape: [Int]
    package let outputShape: [Int]
    /// The axis resampled on its own; nil when all three are resampled together.
    let separate: Int?
    /// One for each axis, (z, y, x).
    package let taps: [AxisTaps]
    let clipping: Clipping

    /// - `current`, `new`: spacings (z, y, x) mm, which decide about a separate axis.
    package init(_ function: ResamplingFunction, from shape: [Int], to target: [Int], current: [Double], new: [Double]) {
        self.init(
            function, separate: segmentationSeparateAxis(function, current: current, new: new), from: shape, to: target)
    }

    /// The same where the separate axis is known.
    init(_ function: ResamplingFunction, separate axis: Int?, from shape: [Int], to target: [Int]) {
        inputShape = shape
        outputShape = function.kind == .none ? shape : target
        separate = axis
        switch function.kind {
        case .none:
            taps = shape.map(AxisTaps.identity)
            clipping = .none
        case .torch:
            taps = torchTaps(function, separate: axis, from: shape, to: target)
            clipping = .none
        case .spline:
            taps = (0..<3).map { .spline(order: $0 == axis ? function.orderZ : function.order, from: shape[$0], to: target[$0]) }
            // Orders 0 and 1 give no value outside the input's range.
            clipping = function.order < 2 ? .none : axis == nil ? .volume : .slice
        }
    }

    /// Splines of one order along one axis alone.
    init(order: Int, axis: Int, from shape: [Int], to size: Int) {
        inputShape = shape
        outputShape = (0..<3).map { $0 == axis ? size : shape[$0] }
        separate = axis
        taps = (0..<3).map { $0 == axis ? .spline(order: order, from: shape[$0], to: size) : .identity(shape[$0]) }
        clipping = .none
    }

    /// Whether a sample is made of its neighbours alone, at most two along each axis.
    package var isLocal: Bool { taps.allSatisfy { $0.width <= 2 } }

    /// Whether the array stays as it is.
    package var isIdentity: Bool { taps.allSatisfy(\.isIdentity) }

    /// Resamples one channel.
    ///
    /// - Parameters:
    ///   - source: `inputShape` values in C order.
    ///   - destination: `outputShape` values, all written.
    ///   - team: does the work.
    package func apply(_ source: Span<Float>, _ destination: inout MutableSpan<Float>, team: ThreadTeam) {
        precondition(source.count == inputShape.reduce(1, *) && destination.count == outputShape.reduce(1, *))
        guard let separate, separate > 0 else {
            return ResamplingPasses(shape: inputShape, taps: taps, clipping: clipping, team: team).run(source, &destination)
        }
        // The separate axis is brought to the front and back; nnU-Net's slices are then rows in memory like any other.
        let order = [separate] + [0, 1, 2].filter { $0 != separate }
        let back = [0, 1, 2].map { axis in order.firstIndex(of: axis) ?? axis }
        var turned = Buffer<Float>(uninitializedCount: source.count)
        var result = Buffer<Float>(uninitializedCount: destination.count)
        var target = turned.mutableSpan
        transpose(source, shape: inputShape, axes: order, into: &target, team: team)
        let passes = ResamplingPasses(
            shape: order.map { inputShape[$0] }, taps: order.map { taps[$0] }, clipping: clipping, team: team)
        var output = result.mutableSpan
        passes.run(turned.span, &output)
        transpose(result.span, shape: order.map { outputShape[$0] }, axes: back, into: &destination, team: team)
    }
}

/// What PyTorch's interpolation takes along each axis.
func torchTaps(_ function: ResamplingFunction, separate: Int?, from shape: [Int], to target: [Int]) -> [AxisTaps] {
    (0..<3).map { axis in
        let (n, m) = (shape[axis], target[axis])
        // Without a separate axis neither mode is passed on.
        let mode = separate == nil ? .linear : axis == separate ? function.separateMode : function.planeMode
        switch mode {
        case .linear: return .torchLinear(from: n, to: m)
        case .nearest: return .torchFloor(from: n, to: m)
        case .nearestExact: return .torchNearest(from: n, to: m)
        }
    }
}

/// The separate axis under the plans' function; nil for functions that know none.
func segmentationSeparateAxis(_ function: ResamplingFunction, current: [Double], new: [Double]) -> Int? {
    guard function.kind != .none else { return nil }
    return separateAxis(
        current: current, new: new, force: function.forceSeparateZ, threshold: function.separateZAnisotropyThreshold)
}
