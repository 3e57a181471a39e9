import Plans

/// Which value a voxel gets from its channels.
struct ChannelRule: Sendable {
    let hasRegions: Bool
    /// The value written for each channel.
    let values: [Int32]

    var headCount: Int { values.count }

    /// - `wrapsAt256`: single models write through upstream's uint8 array where there are fewer than 255 foreground labels.
    init(_ labels: LabelScheme, wrapsAt256: Bool) {
        hasRegions = labels.hasRegions
        let mask: Int32 = wrapsAt256 && labels.foregroundLabels.count < 255 ? 0xFF : 0xFFFF
        values =
            labels.hasRegions
            ? labels.regionsClassOrder.map { Int32(truncatingIfNeeded: $0) & mask } : (0..<Int32(labels.headCount)).map { $0 }
    }
}

/// The decision about the voxels of some rows, channel by channel.
final class ChannelChoice: @unchecked Sendable {  // each thread has its own
    private let rule: ChannelRule
    /// Regions: a channel counts above this value.
    private let threshold: Float
    private let width: Int
    private let best: Scratch
    private var labels: [Int32]

    /// - `width`: of a row, padded to whole vectors.
    init(_ rule: ChannelRule, threshold: Float, rows: Int, width: Int) {
        self.rule = rule
        self.threshold = threshold
        self.width = width
        best = Scratch(count: rows * width)
        labels = [Int32](repeating: 0, count: rows * width)
    }

    func reset() {
        best.base.update(repeating: rule.hasRegions ? threshold : -.infinity, count: labels.count)
        for index in labels.indices { labels[index] = 0 }
    }

    /// Labels: the first highest channel wins. Regions: every channel above the threshold overwrites the ones before.
    func take(_ head: Int, _ values: UnsafePointer<Float>, row: Int) {
        let label = SIMD8<Int32>(repeating: rule.values[head])
        let best = best.base + row * width
        let hasRegions = rule.hasRegions
        labels.withUnsafeMutableBytes { bytes in
            guard let labels = bytes.baseAddress?.advanced(by: 4 * row * width) else { return }
            for x in stride(from: 0, to: width, by: 8) {
                let value = loadEight(values + x)
                var highest = loadEight(best + x)
                let wins = value .> highest
                var current = labels.loadUnaligned(fromByteOffset: 4 * x, as: SIMD8<Int32>.self)
                current.replace(with: label, where: wins)
                labels.storeBytes(of: current, toByteOffset: 4 * x, as: SIMD8<Int32>.self)
                if !hasRegions {
                    highest.replace(with: value, where: wins)
                    storeEight(highest, best + x)
                }
            }
        }
    }

    /// Writes a row's values, `stride` apart.
    func write(row: Int, count: Int, to target: UnsafeMutablePointer<UInt16>, stride: Int) {
        labels.withUnsafeBufferPointer { labels in
            for x in 0..<count { target[x * stride] = UInt16(truncatingIfNeeded: labels[row * width + x]) }
        }
    }
}
