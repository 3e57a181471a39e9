/// How often which value was drawn.
struct IntensityTally: Sendable {
    /// Ascending.
    private(set) var values: [Float] = []
    private(set) var counts: [Int32] = []

    /// Nothing was drawn.
    init() {}

    /// Draws from values with replacement, as NumPy's `choice` does.
    ///
    /// - Parameters:
    ///   - count: how many are drawn.
    ///   - source: from what; nothing is drawn where it is empty.
    ///   - random: draws.
    init(drawing count: Int, from source: [Float], _ random: inout NumPyRandom) {
        guard let most = UInt32(exactly: source.count - 1) else { return }
        if let table = Self.table(of: source) {
            var tally = [Int32](repeating: 0, count: table.count)
            Self.draw(count, upTo: most, &random) { tally[Int(source[$0]) - table.lowerBound] &+= 1 }
            for (place, count) in tally.enumerated() where count > 0 { append(Float(place + table.lowerBound), count) }
            return
        }
        var hits = [Int32](repeating: 0, count: source.count)
        Self.draw(count, upTo: most, &random) { hits[$0] &+= 1 }
        for place in source.indices.filter({ hits[$0] > 0 }).sorted(by: { source[$0] < source[$1] }) { append(source[place], hits[place]) }
    }

    @inline(__always)
    private static func draw(_ count: Int, upTo most: UInt32, _ random: inout NumPyRandom, _ body: (_ place: Int) -> Void) {
        var own = random  // in registers
        for _ in 0..<count { body(Int(own.number(upTo: most))) }
        random = own
    }

    /// Both together.
    init(_ first: IntensityTally, _ second: IntensityTally) {
        values.reserveCapacity(first.values.count + second.values.count)
        counts.reserveCapacity(first.values.count + second.values.count)
        var (one, other) = (0, 0)
        while one < first.values.count || other < second.values.count {
            let takesOne = other == second.values.count || one < first.values.count && first.values[one] <= second.values[other]
            if takesOne {
                append(first.values[one], first.counts[one])
                one += 1
            } else {
                append(second.values[other], second.counts[other])
                other += 1
            }
        }
    }

    private mutating func append(_ value: Float, _ count: Int32) {
        if let last = values.last, last == value {
            counts[counts.count - 1] += count
        } else {
            values.append(value)
            counts.append(count)
        }
    }

    /// The range of values that are whole numbers of 17 bits, as scanners give them; nil for others.
    private static func table(of source: [Float]) -> Range<Int>? {
        var (least, most) = (Float.infinity, -Float.infinity)
        for value in source {
            guard value == value.rounded(.towardZero), value.magnitude <= 65_536 else { return nil }
            (least, most) = (min(least, value), max(most, value))
        }
        return Int(least)..<Int(most) + 1
    }

    // MARK: Figures

    /// The number of draws.
    var total: Int { counts.reduce(0) { $0 + Int($1) } }

    /// The mean.
    var mean: Double {
        zip(values, counts).reduce(0) { $0 + Double($1.0) * Double($1.1) } / Double(total)
    }

    /// The standard deviation of the whole.
    var deviation: Double {
        let mean = mean
        let sum = zip(values, counts).reduce(0) { $0 + (Double($1.0) - mean) * (Double($1.0) - mean) * Double($1.1) }
        return (sum / Double(total)).squareRoot()
    }

    /// NumPy's percentile with linear interpolation.
    func percentile(_ percent: Double) -> Double {
        let place = Double(total - 1) * (percent / 100)
        let lower = Int(place)
        return interpolated(value(at: lower), value(at: lower + 1), part: place - Double(lower))
    }

    /// The value at a place of all draws in ascending order; the last one beyond.
    private func value(at place: Int) -> Double {
        var passed = 0
        for (value, count) in zip(values, counts) {
            passed += Int(count)
            if passed > place { return Double(value) }
        }
        return values.last.map(Double.init) ?? .nan
    }
}
