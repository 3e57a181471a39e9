import Files
import Plans
import Preprocessing
import Testing
import TestSupport

struct NormalizationTests {
    private func normalized(
        _ values: [Float], _ scheme: NormalizationScheme, inside: [UInt8]? = nil,
        _ intensities: IntensityProperties = .init(mean: 0, std: 1, percentile005: 0, percentile995: 0)
    ) throws -> [Float] {
        var values = values
        let normalization = Normalization(scheme: scheme, intensities: intensities, channel: 3, team: team)
        var span = values.mutableSpan
        try normalization.apply(&span, inside: inside)
        return values
    }

    @Test func `z-score uses the population's deviation`() throws {
        #expect(largestDifference(try normalized([1, 2, 3, 4], .zScore), [-1.3416408, -0.4472136, 0.4472136, 1.3416408]) < 1e-6)
    }

    @Test func `z-score of a constant image is zero, not undefined`() throws {
        #expect(try normalized([7, 7, 7], .zScore) == [0, 0, 0])
    }

    @Test func `a mask limits both the statistics and what changes`() throws {
        let result = try normalized([100, 1, 3, -50], .zScore, inside: [0, 1, 1, 0])
        #expect(result == [100, -1, 1, -50])
        #expect(try normalized([5, 6], .zScore, inside: [0, 0]) == [5, 6])
    }

    @Test func `z-score keeps six digits on millions of offset values`() throws {
        // 1000 ± 1: float32 sums would lose the mean's last digits.
        let values = (0..<3_000_000).map { (index: Int) -> Float in index % 2 == 0 ? 999 : 1001 }
        let result = try normalized(values, .zScore)
        #expect(result.allSatisfy { abs(abs($0) - 1) < 1e-6 })
    }

    @Test func `CT constants become float32 before they clip and scale`() throws {
        let numbers = IntensityProperties(mean: 0, std: 1, percentile005: 0.15, percentile995: 0.35)
        #expect(try normalized([-3, 0.2, 9], .ct, numbers) == [0.15000000596046448, 0.2, 0.3499999940395355])
        let other = IntensityProperties(mean: 100, std: 0, percentile005: -1000, percentile995: 100)
        #expect(try normalized([-1200, 100], .ct, other) == [-1100 / 1e-8, 0])
    }

    @Test func `ranges are mapped to 0 and 1`() throws {
        #expect(try normalized([-5, 0, 5], .rescaleTo01) == [0, 0.5, 1])
        #expect(try normalized([2, 2], .rescaleTo01) == [0, 0])
        #expect(try normalized([0, 51, 255], .rgbTo01) == [0, 0.2, 1])
    }

    @Test func `values that are no RGB are refused with channel and range`() {
        #expect(throws: Problem.valueRange(channel: 3, minimum: -1, maximum: 256)) {
            _ = try normalized([-1, 3, 256], .rgbTo01)
        }
    }

    @Test func `no normalisation changes no bit`() throws {
        #expect(try normalized([-0.0, 3e38], .none).map(\.bitPattern) == [Float(-0.0), 3e38].map(\.bitPattern))
    }
}
