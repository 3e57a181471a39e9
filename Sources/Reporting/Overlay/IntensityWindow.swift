package import Imaging

/// The intensities that the picture spreads from black to white.
package enum IntensityWindow: Sendable, Equatable {
    /// CT by the intensity range of the model's plans (its 0.5 and 99.5 foreground percentiles, HU), from no more than −150 HU to
    /// no less than −50 HU, so that what surrounds bright or dark structures stays visible.
    case ct(low: Double, high: Double)
    /// The 0.5 and 99.5 percentiles of the finite voxels that are not zero: MR and everything without absolute units.
    case percentiles
    /// Exactly these values.
    case fixed(low: Double, high: Double)

    /// How many voxels percentiles are taken from, at most.
    static let sampleLimit = 200_000

    /// The values shown black and white; black < white, both finite, whatever the image holds.
    package func range(of image: borrowing MultichannelImage, channel: Int) -> ClosedRange<Double> {
        switch self {
        case .ct(let low, let high) where low.isFinite && high.isFinite && low < high: min(low, -150)...max(high, -50)
        case .fixed(let low, let high) where low.isFinite && high.isFinite && low < high: low...high
        default: Self.percentileRange(of: image, channel: channel)
        }
    }

    private static func percentileRange(of image: borrowing MultichannelImage, channel: Int) -> ClosedRange<Double> {
        let count = image.geometry.voxelCount
        let voxels = image.voxels.span
        var sample: [Float] = []
        sample.reserveCapacity(min(count, sampleLimit))
        for index in stride(from: channel * count, to: (channel + 1) * count, by: count / sampleLimit + 1) {
            let value = voxels[unchecked: index]
            if value.isFinite, value != 0 { sample.append(value) }
        }
        guard !sample.isEmpty else { return 0...1 }
        sample.sort()
        let low = Double(sample[Int(0.005 * Double(sample.count - 1))])
        let high = Double(sample[Int((0.995 * Double(sample.count - 1)).rounded(.up))])
        return low < high ? low...high : low - 0.5...low + 0.5
    }
}
