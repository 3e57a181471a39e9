import Tensors

/// The smallest and the largest value; NaN counts for neither. Nil for an array without numbers.
func finiteRange(_ values: UnsafePointer<Float>, count: Int) -> ClosedRange<Float>? {
    var low = SIMD8<Float>(repeating: .infinity)
    var high = SIMD8<Float>(repeating: -.infinity)
    var index = 0
    while index + 8 <= count {
        let vector = UnsafeRawPointer(values + index).loadUnaligned(as: SIMD8<Float>.self)
        low.replace(with: vector, where: vector .< low)
        high.replace(with: vector, where: vector .> high)
        index += 8
    }
    var (least, most) = (low.min(), high.max())
    while index < count {
        if values[index] < least { least = values[index] }
        if values[index] > most { most = values[index] }
        index += 1
    }
    return least <= most ? least...most : nil
}

/// The same over all threads.
func valueRange(_ values: UnsafePointer<Float>, count: Int, team: ThreadTeam) -> ClosedRange<Float>? {
    let block = 1 << 18
    let blocks = (count + block - 1) / block
    var ranges = [ClosedRange<Float>?](repeating: nil, count: blocks)
    ranges.withUnsafeMutableBufferPointer { ranges in
        let ranges = ranges
        team.run(count: blocks) { _, index in
            ranges[index] = finiteRange(values + index * block, count: min(block, count - index * block))
        }
    }
    return ranges.compactMap { $0 }.reduce(nil) { whole, part in
        guard let whole else { return part }
        return min(whole.lowerBound, part.lowerBound)...max(whole.upperBound, part.upperBound)
    }
}

/// NumPy's `transpose` of a 3D array: axis i of the result is axis `axes[i]` of the source.
func transpose<Element: BitwiseCopyable>(
    _ source: UnsafePointer<Element>, shape: [Int], axes: [Int], into destination: UnsafeMutablePointer<Element>, team: ThreadTeam
) {
    let strides = [shape[1] * shape[2], shape[2], 1]
    let (s0, s1, s2) = (strides[axes[0]], strides[axes[1]], strides[axes[2]])
    let (n0, n1, n2) = (shape[axes[0]], shape[axes[1]], shape[axes[2]])
    team.run(count: n0) { _, z in
        for y in 0..<n1 {
            let from = source + z * s0 + y * s1
            let to = destination + (z * n1 + y) * n2
            if s2 == 1 {
                to.update(from: from, count: n2)
            } else {
                for x in 0..<n2 { to[x] = from[x * s2] }
            }
        }
    }
}
