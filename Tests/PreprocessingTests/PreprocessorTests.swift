import Files
import Imaging
import Preprocessing
import Tensors
import Testing
import TestSupport

struct PreprocessorTests {
    /// (5, 6, 7) with a border of zeros; each voxel inside is its index.
    private let framed = (0..<210).map { (index: Int) -> Float in
        let (z, y, x) = (index / 42, index / 7 % 6, index % 7)
        return (1..<4).contains(z) && (1..<5).contains(y) && (2..<6).contains(x) ? Float(index) : 0
    }

    @Test func `axes are transposed, the nonzero box cut out, and both noted in transposed order`() throws {
        let preprocessor = Preprocessor(
            plans: try Models.plans(forward: [1, 2, 0], backward: [2, 0, 1]), configuration: Models.configuration(),
            labels: try Models.plainLabels(2))
        let result = try preprocessor(image([5, 6, 7], framed), arraySpacing: [1, 1, 1], team: team)
        #expect(result.data.shape == [1, 4, 4, 3])
        #expect(result.properties.shapeBeforeCropping == [6, 7, 5])
        #expect(result.properties.boundingBox == [1..<5, 2..<6, 1..<4])
        let expected = (0..<48).map { (index: Int) -> Float in
            let (y, x, z) = (index / 12 + 1, index / 3 % 4 + 2, index % 3 + 1)
            return Float((z * 6 + y) * 7 + x)
        }
        #expect(result.data.values == expected)
    }

    @Test func `spacing is transposed, and the target shape follows from the cropped one`() throws {
        let preprocessor = Preprocessor(
            plans: try Models.plans(forward: [1, 2, 0], backward: [2, 0, 1]),
            configuration: Models.configuration(spacing: [1, 2, 1.5]), labels: try Models.plainLabels(2))
        let result = try preprocessor(image([5, 6, 7], framed), arraySpacing: [3, 1, 4], team: team)
        #expect(result.data.shape == [1, 4, 8, 6])
        #expect(result.properties.spacing == [3, 1, 4])
    }

    @Test func `a 2D configuration keeps the spacing across slices`() throws {
        for spacing in [[5.0, 1, 1], [1, 1, 1]] {
            let preprocessor = Preprocessor(
                plans: try Models.plans(), configuration: Models.configuration(spacing: [0.5, 2], patch: [4, 4]),
                labels: try Models.plainLabels(2))
            let result = try preprocessor(image([5, 6, 7], framed), arraySpacing: spacing, team: team)
            #expect(result.data.shape == [1, 3, 8, 2])
        }
    }

    @Test func `intensities are normalised before they are resampled`() throws {
        // Rescaling after resampling would map the overshoot, not the input, to 0 and 1.
        let values: [Float] = [1, 9, 9, 9, 1, 9]
        let preprocessor = Preprocessor(
            plans: try Models.plans(),
            configuration: Models.configuration(schemes: [.rescaleTo01], spacing: [1, 1, 2], data: .init(kind: .spline, order: 1)),
            labels: try Models.plainLabels(2))
        let result = try preprocessor(image([1, 1, 6], values), arraySpacing: [1, 1, 1], team: team)
        #expect(result.data.values == [0.5, 1, 0.5])
    }

    @Test func `an empty image stays whole and zero`() throws {
        let preprocessor = Preprocessor(
            plans: try Models.plans(), configuration: Models.configuration(schemes: [.zScore], masked: [true]),
            labels: try Models.plainLabels(2))
        let result = try preprocessor(image([2, 3, 4], [Float](repeating: 0, count: 24)), arraySpacing: [1, 1, 1], team: team)
        #expect(result.data.shape == [1, 2, 3, 4])
        #expect(result.data.values == [Float](repeating: 0, count: 24))
    }

    @Test func `a filled hole counts for masked normalisation, the outside does not`() throws {
        // A ring with a hole, in a frame of zeros that the second channel stretches to the border.
        var ring = [Float](repeating: 0, count: 7 * 7 * 7)
        for index in 0..<343 {
            let offsets = [index / 49, index / 7 % 7, index % 7].map { abs($0 - 3) }
            if offsets.allSatisfy({ $0 <= 1 }), offsets != [0, 0, 0] { ring[index] = 27 }
        }
        var corners = [Float](repeating: 0, count: 343)
        corners[0] = 1
        corners[342] = 1
        let preprocessor = Preprocessor(
            plans: try Models.plans(channels: 2),
            configuration: Models.configuration(schemes: [.zScore, .none], masked: [true, false]), labels: try Models.plainLabels(2))
        let result = try preprocessor(image([7, 7, 7], ring + corners, channels: 2), arraySpacing: [1, 1, 1], team: team)
        // Inside: 26 voxels of 27, the hole and two corners of 0.
        let mean = 26.0 * 27 / 29
        let deviation = (26 * 27.0 * 27 / 29 - mean * mean).squareRoot()
        #expect(abs(Double(result.data.values[171]) + mean / deviation) < 1e-6)
        #expect(abs(Double(result.data.values[122]) - (27 - mean) / deviation) < 1e-6)
        #expect(result.data.values[1] == 0)
    }

    @Test func `a cascade's labels become one channel for each foreground label`() throws {
        let configuration = Models.configuration(previousStage: "3d_lowres")
        let preprocessor = Preprocessor(
            plans: try Models.plans(), configuration: configuration,
            labels: try Models.labels([("background", [0]), ("b", [5]), ("a", [2])]))
        let result = try preprocessor(
            image([1, 1, 4], [0, 1, 2, 3]), arraySpacing: [1, 1, 1], previousStage: labelMap([1, 1, 4], [2, 5, 2, 1]), team: team)
        // Cut to the nonzero box; 2 before 5; labels that are none of the model's give zeros.
        #expect(result.data.shape == [3, 1, 1, 3])
        #expect(result.data.values == [1, 2, 3, 0, 1, 0, 1, 0, 0])
    }

    @Test func `a voxel that the first stage labelled counts for masked normalisation`() throws {
        let configuration = Models.configuration(schemes: [.zScore], masked: [true], previousStage: "3d_lowres")
        let preprocessor = Preprocessor(plans: try Models.plans(), configuration: configuration, labels: try Models.plainLabels(2))
        let values: [Float] = [4, 0, 0, 8]
        let labelled = try preprocessor(
            image([1, 1, 4], values), arraySpacing: [1, 1, 1], previousStage: labelMap([1, 1, 4], [0, 1, 0, 0]), team: team)
        // Mean 4 and variance 32/3 of 4, 0, 8; the unlabelled zero stays.
        #expect(largestDifference(Array(labelled.data.values.prefix(4)), [0, -4 / 3.265986, 0, 4 / 3.265986]) < 1e-6)
        let plain = try preprocessor(
            image([1, 1, 4], values), arraySpacing: [1, 1, 1], previousStage: labelMap([1, 1, 4], [0, 0, 0, 0]), team: team)
        #expect(Array(plain.data.values.prefix(4)) == [-1, 0, 0, 1])
    }

    @Test func `what does not fit the model is refused with both sides named`() throws {
        let plain = Preprocessor(plans: try Models.plans(), configuration: Models.configuration(), labels: try Models.plainLabels(2))
        let cascade = Preprocessor(
            plans: try Models.plans(), configuration: Models.configuration(previousStage: "3d_lowres"), labels: try Models.plainLabels(2))
        #expect(throws: Problem.channelCount(expected: 1, found: 2)) {
            _ = try plain(image([1, 1, 1], [1, 1], channels: 2), arraySpacing: [1, 1, 1], team: team)
        }
        #expect(throws: Problem.invalidSpacing([1, 0, 1])) {
            _ = try plain(image([1, 1, 1], [1]), arraySpacing: [1, 0, 1], team: team)
        }
        #expect(throws: Problem.emptyTarget(shape: [1, 9, 9], target: [0, 4, 4])) {
            let thin = Preprocessor(
                plans: try Models.plans(), configuration: Models.configuration(spacing: [3, 2, 2]), labels: try Models.plainLabels(2))
            _ = try thin(image([1, 9, 9], [Float](repeating: 1, count: 81)), arraySpacing: [1, 1, 1], team: team)
        }
        #expect(throws: Problem.previousStageMissing(configuration: "made up", stage: "3d_lowres")) {
            _ = try cascade(image([1, 1, 1], [1]), arraySpacing: [1, 1, 1], team: team)
        }
        #expect(throws: Problem.previousStageUnexpected(configuration: "made up")) {
            _ = try plain(image([1, 1, 1], [1]), arraySpacing: [1, 1, 1], previousStage: labelMap([1, 1, 1], [0]), team: team)
        }
        #expect(
            throws: Problem.shapeMismatch(what: "the previous stage's segmentation", expected: [1, 1, 2], found: [1, 2, 1])
        ) {
            _ = try cascade(image([1, 1, 2], [1, 1]), arraySpacing: [1, 1, 1], previousStage: labelMap([1, 2, 1], [0, 0]), team: team)
        }
    }
}
