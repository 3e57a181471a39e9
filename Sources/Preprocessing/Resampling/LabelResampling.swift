package import Plans
package import Tensors

/// How a label array gets from one grid to another (`resample_data_or_seg` and `resample_torch_fornnunet` with `is_seg`).
///
/// Each output voxel takes the label whose interpolated indicator scores highest. With linear interpolation at most eight voxels take part,
/// so their scores are summed in place, in the order of scikit-image's sum; no array per label exists. Shapes are (z, y, x).
package struct LabelResampling: Sendable {
    /// One, or two where a separate axis is interpolated: labels are decided in the plane, and again along the axis.
    private let steps: [LabelStep]

    package init(_ function: ResamplingFunction, from shape: [Int], to target: [Int], current: [Double], new: [Double]) {
        let axis = segmentationSeparateAxis(function, current: current, new: new)
        let isInterpolated = function.kind == .torch ? function.separateMode == .linear : function.orderZ > 0
        guard let axis, isInterpolated, shape[axis] != target[axis] else {
            steps = [LabelStep(function, separate: axis, from: shape, to: target)]
            return
        }
        let middle = (0..<3).map { $0 == axis ? shape[$0] : target[$0] }
        let last =
            function.kind == .torch
            ? LabelStep(function, separate: axis, from: middle, to: target)
            : LabelStep(order: function.orderZ, axis: axis, from: middle, to: target[axis])
        steps = [LabelStep(function, separate: axis, from: shape, to: middle), last]
    }

    /// Resamples one array.
    ///
    /// - Parameters:
    ///   - source: labels in C order, of the shape before.
    ///   - destination: labels of the shape after, all written.
    ///   - team: does the work.
    package func apply(_ source: Span<Int32>, _ destination: inout MutableSpan<Int32>, team: ThreadTeam) {
        guard steps.count > 1 else { return steps[0].apply(source, &destination, team: team) }
        var middle = Buffer<Int32>(uninitializedCount: steps[0].outputShape.reduce(1, *))
        var between = middle.mutableSpan
        steps[0].apply(source, &between, team: team)
        steps[1].apply(middle.span, &destination, team: team)
    }
}
