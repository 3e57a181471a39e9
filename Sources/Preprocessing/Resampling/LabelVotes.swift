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
