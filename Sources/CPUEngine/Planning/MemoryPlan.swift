/// Places tensors in one arena so that those whose lives do not overlap share memory.
package struct MemoryPlan {
    private struct Tensor {
        var count: Int
        var first: Int
        var last: Int
    }

    private var tensors: [Tensor] = []
    /// Floats of the whole arena, after `place`.
    package private(set) var arenaCount = 0

    package init() {}

    /// Floats; whole cache lines, and vectors of any instruction set.
    private static let alignment = 64

    /// Registers a tensor written by step `step`; returns its number.
    package mutating func tensor(count: Int, step: Int) -> Int {
        let rounded = (max(1, count) + Self.alignment - 1) / Self.alignment * Self.alignment
        tensors.append(Tensor(count: rounded, first: step, last: step))
        return tensors.count - 1
    }

    /// Says that step `step` uses a tensor.
    package mutating func use(_ tensor: Int, step: Int) {
        tensors[tensor].last = max(tensors[tensor].last, step)
    }

    /// Keeps a tensor's memory from the first step to the last.
    package mutating func keep(_ tensor: Int) {
        tensors[tensor].first = 0
        tensors[tensor].last = .max
    }

    /// The offset of each tensor: the largest first, each in the lowest gap that is free during its life.
    package mutating func place() -> [Int] {
        var offsets = [Int](repeating: 0, count: tensors.count)
        var placed: [Int] = []
        for index in tensors.indices.sorted(by: { (tensors[$0].count, $1) > (tensors[$1].count, $0) }) {
            let tensor = tensors[index]
            let neighbours = placed.filter { tensors[$0].first <= tensor.last && tensors[$0].last >= tensor.first }
                .sorted { offsets[$0] < offsets[$1] }
            var offset = 0
            for neighbour in neighbours {
                if offsets[neighbour] >= offset + tensor.count { break }
                offset = max(offset, offsets[neighbour] + tensors[neighbour].count)
            }
            offsets[index] = offset
            placed.append(index)
            arenaCount = max(arenaCount, offset + tensor.count)
        }
        return offsets
    }
}
