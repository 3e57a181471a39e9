import Plans
import Tensors

/// Labels decided once from one grid to another.
struct LabelStep: Sendable {
    let inputShape: [Int]
    let outputShape: [Int]
    private let taps: [AxisTaps]
    private let nearest: [AxisTaps]
    private let rule: LabelRule
    /// For splines of a higher order: each label's indicator is resampled as an image.
    private let indicatorResampling: ImageResampling?

    /// A function's step; a separate axis keeps its size or is not interpolated, except by PyTorch.
    init(_ function: ResamplingFunction, separate axis: Int?, from shape: [Int], to target: [Int]) {
        inputShape = shape
        outputShape = function.kind == .none ? shape : target
        nearest = zip(shape, target).map { .spline(order: 0, from: $0, to: $1) }
        switch function.kind {
        case .none:
            taps = shape.map(AxisTaps.identity)
            rule = .highest
            indicatorResampling = nil
        case .torch:
            taps = torchTaps(function, separate: axis, from: shape, to: target)
            rule = function.memoryEfficientSegmentation ? .aboveHalf : .torch
            indicatorResampling = nil
        case .spline:
            taps = (0..<3).map { .spline(order: $0 == axis ? 0 : min(function.order, 1), from: shape[$0], to: target[$0]) }
            rule = .highest
            indicatorResampling = function.order > 1 ? ImageResampling(function, separate: axis, from: shape, to: target) : nil
        }
    }

    /// The step along a separate axis, which has a rule of its own: the last label whose indicator exceeds one half, else 0.
    init(order: Int, axis: Int, from shape: [Int], to size: Int) {
        inputShape = shape
        outputShape = (0..<3).map { $0 == axis ? size : shape[$0] }
        taps = (0..<3).map { $0 == axis ? .spline(order: min(order, 1), from: shape[$0], to: size) : .identity(shape[$0]) }
        nearest = zip(shape, outputShape).map { .spline(order: 0, from: $0, to: $1) }
        rule = .aboveHalf
        indicatorResampling = order > 1 ? ImageResampling(order: order, axis: axis, from: shape, to: size) : nil
    }

    func apply(_ source: Span<Int32>, _ destination: inout MutableSpan<Int32>, team: ThreadTeam) {
        precondition(source.count == inputShape.reduce(1, *) && destination.count == outputShape.reduce(1, *))
        if taps.allSatisfy(\.isIdentity) {
            destination.copy(source)
        } else if let indicatorResampling {
            applySplines(indicatorResampling, source, &destination, team: team)
        } else {
            team.forEachPart(of: &destination, size: outputShape[1] * outputShape[2]) { z, slice in resampleSlice(z, source, &slice) }
        }
    }

    private func resampleSlice(_ z: Int, _ source: Span<Int32>, _ target: inout MutableSpan<Int32>) {
        let (rows, columns) = (inputShape[1], inputShape[2])
        let wide = taps.map(\.width)
        var votes = LabelVotes()
        for y in 0..<outputShape[1] {
            for x in 0..<outputShape[2] {
                votes.removeAll()
                for a in 0..<wide[0] {
                    let (i, wz) = (taps[0].indices[z * wide[0] + a], taps[0].weights[z * wide[0] + a])
                    for b in 0..<wide[1] {
                        let (j, wy) = (taps[1].indices[y * wide[1] + b], taps[1].weights[y * wide[1] + b])
                        let row = (i * rows + j) * columns
                        for c in 0..<wide[2] {
                            let (k, wx) = (taps[2].indices[x * wide[2] + c], taps[2].weights[x * wide[2] + c])
                            votes.add(source[row + k], weight: wz * wy * wx)
                        }
                    }
                }
                let label = votes.only ?? votes.winner(rule, nearest: source[nearestIndex(z, y, x)])
                target[y * outputShape[2] + x] = label
            }
        }
    }

    /// The source's voxel nearest to an output voxel.
    private func nearestIndex(_ z: Int, _ y: Int, _ x: Int) -> Int {
        (nearest[0].indices[z] * inputShape[1] + nearest[1].indices[y]) * inputShape[2] + nearest[2].indices[x]
    }

    private func applySplines(
        _ resampling: ImageResampling, _ source: Span<Int32>, _ destination: inout MutableSpan<Int32>, team: ThreadTeam
    ) {
        var indicator = Buffer<Float>(uninitializedCount: source.count)
        var score = Buffer<Float>(uninitializedCount: destination.count)
        var highest = Buffer<Float>(repeating: -1, count: destination.count)
        destination.fill(0)
        var labels: Set<Int32> = []
        for index in source.indices { labels.insert(source[index]) }
        let slices = BlockLayout(BlockGrid(shape: outputShape, block: [1, max(1, outputShape[1])]))
        for label in labels.sorted() {
            var ones = indicator.mutableSpan
            for index in source.indices { ones[index] = source[index] == label ? 1 : 0 }
            var scored = score.mutableSpan
            resampling.apply(indicator.span, &scored, team: team)
            let scores = score.span
            var best = highest.mutableSpan
            team.forEachBlock(of: &destination, slices, and: &best, slices, scratch: {}) { box, target, best, _ in
                let z = box[0].lowerBound
                for y in 0..<outputShape[1] {
                    var row = target.row(z: 0, y: y)
                    var bestRow = best.row(z: 0, y: y)
                    let found = scores.part((z * outputShape[1] + y) * outputShape[2], count: outputShape[2])
                    for x in found.indices {
                        if rule == .aboveHalf {
                            if found[x] > 0.5 { row[x] = label }
                            continue
                        }
                        let isTie = found[x] == bestRow[x] && found[x] > 0 && source[nearestIndex(z, y, x)] == label
                        guard found[x] > bestRow[x] || isTie else { continue }
                        bestRow[x] = found[x]
                        row[x] = label
                    }
                }
            }
        }
    }
}
