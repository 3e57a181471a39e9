/// The mean of numbers as NumPy's `nanmean` rounds it: a Dice that nothing changed compares equal to upstream's to the last bit.
///
/// - Returns: NaN where there is no number, or none but NaN.
func meanIgnoringNaN(_ values: [Double]) -> Double {
    let count = values.count { !$0.isNaN }
    return count == 0 ? .nan : pairwiseSum(values.map { $0.isNaN ? 0 : $0 }[...]) / Double(count)
}

/// The mean of numbers as NumPy's `mean` rounds it; NaN where one is NaN or there is none.
func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : pairwiseSum(values[...]) / Double(values.count)
}

/// The sum of numbers as NumPy's `sum` rounds it.
func sum(_ values: [Double]) -> Double { pairwiseSum(values[...]) }

/// NumPy's `pairwise_sum`: halves down to 128 numbers, of which eight sums are kept side by side.
private func pairwiseSum(_ values: ArraySlice<Double>) -> Double {
    let start = values.startIndex
    if values.count < 8 { return values.reduce(0, +) }
    if values.count > 128 {
        let middle = start + values.count / 2 - values.count / 2 % 8
        return pairwiseSum(values[..<middle]) + pairwiseSum(values[middle...])
    }
    let whole = values.count - values.count % 8
    var sums = SIMD8<Double>.zero
    for index in stride(from: 0, to: whole, by: 8) {
        for lane in 0..<8 { sums[lane] += values[start + index + lane] }
    }
    let total = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    return values[(start + whole)...].reduce(total, +)
}
