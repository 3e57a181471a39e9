import Imaging
import Reporting
import Tensors
import Testing

@Suite struct IntensityWindowTests {
    private static func image(_ values: [Float]) -> MultichannelImage {
        let geometry = ImageGeometry(size: SIMD3(values.count, 1, 1))
        var voxels = Buffer<Float>(repeating: 0, count: values.count)
        for (index, value) in values.enumerated() { voxels[index] = value }
        return MultichannelImage(geometry: geometry, channelCount: 1, voxels: voxels)
    }

    @Test func `CT shows the model's range`() {
        #expect(IntensityWindow.ct(low: -200, high: 900).range(of: Self.image([1]), channel: 0) == -200...900)
    }

    @Test func `a CT range of bright structures begins at fat`() {
        #expect(IntensityWindow.ct(low: 61, high: 469).range(of: Self.image([1]), channel: 0) == -150...469)
    }

    @Test func `a CT range of air ends at soft tissue`() {
        #expect(IntensityWindow.ct(low: -1000, high: -500).range(of: Self.image([1]), channel: 0) == -1000...(-50))
    }

    @Test func `percentiles leave out zeros and what is no number`() {
        var values = [Float](repeating: 0, count: 5000)
        values += (1...1000).map(Float.init)
        values += [.nan, .infinity, -.infinity]
        let range = IntensityWindow.percentiles.range(of: Self.image(values), channel: 0)
        #expect(abs(range.lowerBound - 5) <= 1)
        #expect(abs(range.upperBound - 996) <= 1)
    }

    @Test(arguments: [[0], [5, 5, 5], [Float.nan], [0, 0, .infinity]]) func `an image without contrast still has a window`(values: [Float])
    {
        let range = IntensityWindow.percentiles.range(of: Self.image(values), channel: 0)
        #expect(range.lowerBound < range.upperBound)
        #expect(range.lowerBound.isFinite && range.upperBound.isFinite)
    }

    @Test func `a window that is none falls back to percentiles`() {
        let image = Self.image((1...100).map(Float.init))
        let expected = IntensityWindow.percentiles.range(of: image, channel: 0)
        #expect(IntensityWindow.ct(low: 5, high: 5).range(of: image, channel: 0) == expected)
        #expect(IntensityWindow.fixed(low: .nan, high: 5).range(of: image, channel: 0) == expected)
        #expect(IntensityWindow.fixed(low: 2, high: 5).range(of: image, channel: 0) == 2...5)
    }
}
