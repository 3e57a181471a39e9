import Files
import Imaging
import Preprocessing
import Testing
import TestSupport

/// A header may claim voxels of metres; what that asks for is refused by name and never allocated.
struct ResamplingMemoryTests {
    @Test func `a case that would need more than the machine's memory is refused`() throws {
        // For a model of 1.5 mm, 140 × 180 voxels of 30 m are ten million million.
        let preprocessor = Preprocessor(
            plans: try Models.plans(), configuration: Models.configuration(spacing: [1.5, 1.5], patch: [4, 4]),
            labels: try Models.plainLabels(2))
        #expect(throws: Problem.tooLarge(what: "the resampled image", shape: [1, 2_800_000, 3_600_000])) {
            _ = try preprocessor(
                image([1, 140, 180], [Float](repeating: 1, count: 25_200)), arraySpacing: [5, 30_000, 30_000], team: team)
        }
    }
}
