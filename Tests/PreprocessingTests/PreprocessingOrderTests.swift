import Imaging
import Plans
import Preprocessing
import Testing
import TestSupport

/// The order of preprocessing and its evaluation order (specification 5, traps 17, 27 and 33).
struct PreprocessingOrderTests {
    @Test func `the crop comes before the statistics`() throws {
        // Zeros around the head would pull the mean down; z-score without a mask sees the box only.
        var values = [Float](repeating: 0, count: 4 * 5 * 6)
        values[2 * 30 + 2 * 6 + 2] = 10
        values[2 * 30 + 2 * 6 + 3] = 30
        let preprocessor = Preprocessor(
            plans: try Models.plans(), configuration: Models.configuration(schemes: [.zScore]), labels: try Models.plainLabels(2))
        let result = try preprocessor(image([4, 5, 6], values), arraySpacing: [1, 1, 1], team: team)
        #expect(result.data.shape == [1, 1, 1, 2])
        #expect(largestDifference(result.data.values, [-1, 1]) < 1e-6)
    }

    @Test func `axes are transposed before the target shape is computed`() throws {
        let preprocessor = Preprocessor(
            plans: try Models.plans(forward: [2, 0, 1], backward: [1, 2, 0]), configuration: Models.configuration(spacing: [2, 1, 3]),
            labels: try Models.plainLabels(2))
        let result = try preprocessor(
            image([6, 4, 8], [Float](repeating: 5, count: 192)), arraySpacing: [2, 3, 1], team: team)
        // Transposed: 8 voxels of 1 mm, 6 of 2 mm, 4 of 3 mm.
        #expect(result.data.shape == [1, 4, 12, 4])
    }

    @Test(arguments: [(0.7, 1.4, 2), (0.7, 0.6, 4), (0.9, 0.6, 4)]) func `the ratio of the spacings is rounded before the product`(
        old: Double, new: Double, size: Int
    ) throws {
        // Multiplied first, three voxels would give one more or one less.
        #expect((old * 3 / new).rounded(.toNearestOrEven) != Double(size))
        #expect(try resampledShape([3, 3, 3], from: [old, 1, 1], to: [new, 1, 1]) == [size, 3, 3])
    }

    @Test func `a first stage's labels are resampled as labels, then one channel each`() throws {
        let configuration = PlansConfiguration(
            name: "made up", patchSize: [4, 4, 4], spacing: [1, 1, 0.5], normalizationSchemes: [.none], useMaskForNormalization: [false],
            resamplingOfData: .init(kind: .spline, order: 1),
            resamplingOfSegmentation: .init(kind: .spline, isSegmentation: true, order: 1),
            resamplingOfProbabilities: .init(kind: .spline, order: 1), previousStage: "3d_lowres")
        let preprocessor = Preprocessor(plans: try Models.plans(), configuration: configuration, labels: try Models.plainLabels(4))
        let result = try preprocessor(
            image([1, 1, 3], [4, 4, 4]), arraySpacing: [1, 1, 1], previousStage: labelMap([1, 1, 3], [1, 3, 3]), team: team)
        #expect(result.data.shape == [4, 1, 1, 6])
        // Between 1 and 3 lies no 2: labels are voted for, not interpolated.
        #expect(result.data.values.dropFirst(6) == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    }
}
