import Tensors

/// The smallest and the largest value; NaN counts for neither. Nil for an array without numbers.
func finiteRange(_ values: Span<Float>) -> ClosedRange<Float>? {
    var low = SIMD8<Float>(repeating: .infinity)
    var high = SIMD8<Float>(repeating: -.infinity)
    let whole = values.count - values.count % 8
    for index in stride(from: 0, to: whole, by: 8) {
        let vector = values.vector(at: index, as: SIMD8<Float>.self)
        low.replace(with: vector, where: vector .< low)
        high.replace(with: vector, where: vector .> high)
    }
    var (least, most) = (low.min(), high.max())
    for index in whole..<values.count {
        if values[index] < least { least = values[index] }
        if values[index] > most { most = values[index] }
    }
    return least <= most ? least...most : nil
}

/// The same over all threads.
func valueRange(_ values: Span<Float>, team: ThreadTeam) -> ClosedRange<Float>? {
    let block = 1 << 18
    let ranges = team.map(count: (values.count + block - 1) / block) { index in
        finiteRange(values.part(index * block, count: min(block, values.count - index * block)))
    }
    return ranges.compactMap { $0 }.reduce(nil) { whole, part in
        guard let whole else { return part }
        return min(whole.lowerBound, part.lowerBound)...max(whole.upperBound, part.upperBound)
    }
}

/// NumPy's `transpose` of a 3D array: axis i of the result is axis `axes[i]` of the source.
func transpose(_ source: Span<Float>, shape: [Int], axes: [Int], into destination: inout MutableSpan<Float>, team: ThreadTeam) {
    let strides = [shape[1] * shape[2], shape[2], 1]
    let (s0, s1, s2) = (strides[axes[0]], strides[axes[1]], strides[axes[2]])
    let (n1, n2) = (shape[axes[1]], shape[axes[2]])
    team.forEachPart(of: &destination, size: n1 * n2) { z, plane in
        for y in 0..<n1 {
            let start = z * s0 + y * s1
            var row = plane.part(y * n2, count: n2)
            if s2 == 1 {
                row.copy(source.part(start, count: n2))
            } else {
                for x in row.indices { row[x] = source[start + x * s2] }
            }
        }
    }
}
