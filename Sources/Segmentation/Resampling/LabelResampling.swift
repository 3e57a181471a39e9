package import Files
package import Plans
import PythonFormats
package import Tensors

/// How a label array gets from one grid to another (`resample_data_or_seg` and `resample_torch_fornnunet` with `is_seg`).
///
/// Each output voxel takes the label whose interpolated indicator scores highest. With linear interpolation at most eight voxels take part,
/// so their scores are summed in place, in the order of scikit-image's sum; no array per label exists. Shapes are (z, y, x).
package struct LabelResampling: Sendable {
    private let inputShape: [Int]
    private let outputShape: [Int]
    private let taps: [AxisTaps]
    private let nearest: [AxisTaps]
    private let rule: LabelRule
    /// For cubic splines: each label's indicator is resampled as an image.
    private let indicatorResampling: ImageResampling?

    package init(_ function: ResamplingFunction, from shape: [Int], to target: [Int], current: [Double], new: [Double])
        throws(Problem)
    {
        inputShape = shape
        outputShape = function.kind == .none ? shape : target
        let axis = segmentationSeparateAxis(function, current: current, new: new)
        nearest = zip(shape, target).map { .spline(order: 0, from: $0, to: $1) }
        switch function.kind {
        case .none:
            taps = shape.map(AxisTaps.identity)
            rule = .highest
            indicatorResampling = nil
        case .torch:
            taps = (0..<3).map {
                $0 == axis ? .torchNearest(from: shape[$0], to: target[$0]) : .torchLinear(from: shape[$0], to: target[$0])
            }
            rule = function.memoryEfficientSegmentation ? .aboveHalf : .torch
            indicatorResampling = nil
        case .spline:
            guard axis == nil || function.orderZ == 0 else {
                throw .unsupported(
                    what: "resampling segmentations with splines of order \(function.orderZ) along the separate axis", supported: "order 0")
            }
            taps = (0..<3).map { .spline(order: $0 == axis ? 0 : min(function.order, 1), from: shape[$0], to: target[$0]) }
            rule = .highest
            indicatorResampling =
                function.order > 1 ? try ImageResampling(function, from: shape, to: target, current: current, new: new) : nil
        }
    }

    /// Resamples one array; `destination` is other memory than `source`.
    package func apply(_ source: UnsafePointer<Int32>, _ destination: UnsafeMutablePointer<Int32>, team: ThreadTeam) {
        if taps.allSatisfy(\.isIdentity) {
            destination.update(from: source, count: inputShape.reduce(1, *))
        } else if let indicatorResampling {
            applySplines(indicatorResampling, source, destination, team: team)
        } else {
            team.run(count: outputShape[0]) { _, z in resampleSlice(z, source, destination) }
        }
    }

    private func resampleSlice(_ z: Int, _ source: UnsafePointer<Int32>, _ destination: UnsafeMutablePointer<Int32>) {
        let (rows, columns) = (inputShape[1], inputShape[2])
        let wide = taps.map(\.width)
        var votes = LabelVotes()
        for y in 0..<outputShape[1] {
            let target = destination + (z * outputShape[1] + y) * outputShape[2]
            for x in 0..<outputShape[2] {
                votes.removeAll()
                for a in 0..<wide[0] {
                    let (i, wz) = (taps[0].indices[z * wide[0] + a], taps[0].weights[z * wide[0] + a])
                    for b in 0..<wide[1] {
                        let (j, wy) = (taps[1].indices[y * wide[1] + b], taps[1].weights[y * wide[1] + b])
                        let row = source + (i * rows + j) * columns
                        for c in 0..<wide[2] {
                            let (k, wx) = (taps[2].indices[x * wide[2] + c], taps[2].weights[x * wide[2] + c])
                            votes.add(row[k], weight: wz * wy * wx)
                        }
                    }
                }
                if let only = votes.only {
                    target[x] = only
                } else {
                    let near = source[
                        (nearest[0].indices[z] * rows + nearest[1].indices[y]) * columns + nearest[2].indices[x]]
                    target[x] = votes.winner(rule, nearest: near)
                }
            }
        }
    }

    private func applySplines(
        _ resampling: ImageResampling, _ source: UnsafePointer<Int32>, _ destination: UnsafeMutablePointer<Int32>, team: ThreadTeam
    ) {
        let count = inputShape.reduce(1, *)
        let plane = outputShape[1] * outputShape[2]
        let indicator = FloatBuffer(uninitializedCount: count)
        let score = FloatBuffer(uninitializedCount: outputShape.reduce(1, *))
        let best = FloatBuffer(repeating: -1, count: score.count)
        guard let indicator = indicator.unsafeStorage.baseAddress, let score = score.unsafeStorage.baseAddress,
            let best = best.unsafeStorage.baseAddress
        else { return }
        let labels = Set(UnsafeBufferPointer(start: source, count: count)).sorted()
        for label in labels {
            for index in 0..<count { indicator[index] = source[index] == label ? 1 : 0 }
            resampling.apply(UnsafePointer(indicator), score, team: team)
            team.run(count: outputShape[0]) { _, z in
                for index in z * plane..<(z + 1) * plane {
                    let (y, x) = ((index - z * plane) / outputShape[2], index % outputShape[2])
                    let near =
                        (nearest[0].indices[z] * inputShape[1] + nearest[1].indices[y]) * inputShape[2] + nearest[2].indices[x]
                    if score[index] > best[index] || (score[index] == best[index] && score[index] > 0 && source[near] == label) {
                        best[index] = score[index]
                        destination[index] = label
                    }
                }
            }
        }
    }
}

/// How scores decide about a voxel.
enum LabelRule: Sendable {
    /// batchgenerators: the highest score; of equal ones that of the nearest voxel, else the smallest label.
    case highest
    /// nnU-Net's torch function: float16 scores in thousandths, the last label above 700, else the first of the highest.
    case torch
    /// Its memory-saving form: the last label above one half, else 0.
    case aboveHalf
}

/// The scores of the labels around one point: at most eight.
struct LabelVotes {
    private var labels: InlineArray<8, Int32> = .init(repeating: 0)
    private var scores: InlineArray<8, Double> = .init(repeating: 0)
    private var count = 0

    mutating func removeAll() { count = 0 }

    mutating func add(_ label: Int32, weight: Double) {
        for index in 0..<count where labels[index] == label {
            scores[index] += weight
            return
        }
        labels[count] = label
        scores[count] = weight
        count += 1
    }

    /// The label when there is no other.
    var only: Int32? { count == 1 ? labels[0] : nil }

    func winner(_ rule: LabelRule, nearest: Int32) -> Int32 {
        switch rule {
        case .highest: highest(nearest)
        case .torch: torchWinner()
        case .aboveHalf: aboveHalf()
        }
    }

    private func highest(_ nearest: Int32) -> Int32 {
        var (best, label) = (-1.0, Int32.max)
        for index in 0..<count {
            let score = min(scores[index], 1)
            if score > best || (score == best && label != nearest && (labels[index] == nearest || labels[index] < label)) {
                (best, label) = (score, labels[index])
            }
        }
        return label
    }

    private func torchWinner() -> Int32 {
        var (best, label) = (Float16(-1), Int32.max)
        for index in 0..<count {
            let score = Float16(Float(scores[index] * 1000))
            if score > 700 { return labels[index] }
            if score > best || (score == best && labels[index] < label) { (best, label) = (score, labels[index]) }
        }
        return label
    }

    private func aboveHalf() -> Int32 {
        for index in 0..<count where Float(scores[index]) > 0.5 { return labels[index] }
        return 0
    }
}
