import CKernels
package import Tensors

/// Where a network leaves the logits of one patch. Valid in the call that lends it.
package struct LogitSink {  // pointers: the kernels of several threads write disjoint parts
    let description: ck_sink

    /// A patch by itself: what lies around it does not matter.
    private static let alone = PatchPlacement(start: [0, 0, 0])

    /// Runs `body` with a sink that writes every value of plain `logits`, (heads, z, y, x), `patch` being (z, y, x). Allocates nothing.
    @_lifetime(logits: copy logits)
    package static func withLogits(_ logits: inout MutableSpan<Float>, heads: Int, patch: [Int], _ body: (LogitSink) -> Void) {
        precondition(patch.count == 3 && logits.count == heads * patch.reduce(1, *))
        logits.withUnsafeMutableBufferPointer { logits in
            guard let base = logits.baseAddress else { return }
            let plain = Target(
                size: patch, channelStride: patch.reduce(1, *), strides: [patch[1] * patch[2], patch[2], 1])
            body(LogitSink(base, plain, patch: patch, placement: alone))
        }
    }

    /// Where logits go.
    struct Target {
        /// (z, y, x).
        let size: [Int]
        /// Elements between two heads.
        let channelStride: Int
        /// Elements between neighbours along (z, y, x); those along x lie side by side.
        let strides: [Int]
    }

    /// Describes the part of `data` that a patch covers; what the patch has beyond the target's size is dropped.
    ///
    /// - `weights`: of the patch's positions before mirroring; nil: logits replace what is there instead of being added.
    init(
        _ data: UnsafeMutablePointer<Float>, _ target: Target, patch: [Int], placement: PatchPlacement,
        weights: UnsafePointer<Float>? = nil
    ) {
        let size = target.size
        var sink = ck_sink()
        sink.data = data
        sink.channel_stride = target.channelStride
        sink.weights = weights
        func axis(_ axis: Int) -> (start: Int, stride: Int, weightStart: Int, weightStride: Int, first: Int32, last: Int32) {
            let isFlipped = placement.flips[axis], start = placement.start[axis], count = patch[axis]
            let sign = isFlipped ? -1 : 1, origin = isFlipped ? count - 1 : 0
            let stride = target.strides[axis], weightStride = patch[(axis + 1)...].reduce(1, *)
            // The positions inside `size`, before mirroring.
            let lower = min(max(0, -start), count), upper = max(lower, min(count, size[axis] - start))
            return (
                (start + origin) * stride, sign * stride, origin * weightStride, sign * weightStride,
                Int32(isFlipped ? count - upper : lower), Int32(isFlipped ? count - lower : upper)
            )
        }
        let (z, y, x) = (axis(0), axis(1), axis(2))
        sink.start = z.start + y.start + x.start
        sink.stride = (z.stride, y.stride, x.stride)
        sink.first = (z.first, y.first, x.first)
        sink.last = (z.last, y.last, x.last)
        sink.weight_start = z.weightStart + y.weightStart + x.weightStart
        sink.weight_stride = (z.weightStride, y.weightStride)
        description = sink
    }
}

extension LogitAccumulator {
    /// Runs `body` with the sink that adds one patch's logits.
    package func withSink(_ placement: PatchPlacement, _ body: (LogitSink) -> Void) {
        guard let base = sums.buffer.unsafeStorage.baseAddress, let weights = weights.unsafeStorage.baseAddress else { return }
        let layout = sums.layout
        let target = LogitSink.Target(
            size: layout.image, channelStride: layout.headStride, strides: [layout.zStride, layout.yStride, 1])
        body(LogitSink(base, target, patch: patch, placement: placement, weights: weights))
    }
}
