/// NumPy's percentile with linear interpolation; `values` must not be empty.
func percentile(_ values: [Double], _ percent: Double) -> Double {
    let sorted = values.sorted()
    let place = Double(sorted.count - 1) * (percent / 100)
    let lower = Int(place)
    return interpolated(sorted[lower], sorted[min(lower + 1, sorted.count - 1)], part: place - Double(lower))
}

/// What lies between two neighbours; NumPy goes from the nearer one.
func interpolated(_ below: Double, _ above: Double, part: Double) -> Double {
    part < 0.5 ? below + (above - below) * part : above - (above - below) * (1 - part)
}

/// NumPy's median: the mean of the two in the middle of an even number; `values` must not be empty.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// The same of each column.
func columns(_ rows: [[Double]], _ body: ([Double]) -> Double) -> [Double] {
    rows[0].indices.map { column in body(rows.map { $0[column] }) }
}

/// Python's `round`: halves to even.
func pythonRound(_ value: Double) -> Double { value.rounded(.toNearestOrEven) }
