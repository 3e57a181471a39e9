import Imaging
import NIfTI
import Preprocessing
import Segmentation
import Tensors
import Testing
import TestSupport

/// Where our label maps differ from nnU-Net's, upstream's float16 accumulators are the reason.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct AccumulationTests {
    @Test(arguments: ReferenceRun.all.filter { $0.name.hasPrefix("hippocampus/") })
    func `with upstream's roundings the label maps are equal voxel by voxel`(run: ReferenceRun) throws {
        let folder = try run.openModel()
        for caseName in run.cases.prefix(2) {
            var geometry: ImageGeometry?
            let prepared = try run.prepare(caseName, folder, geometry: &geometry)
            let rounded = try logitsInUpstreamsFloat16(prepared.data, folder, mirroring: run.options.useMirroring)
            let shape = [folder.labels.headCount] + prepared.data.shape[1...]
            let logits = try Logits(
                values: try #require(LogitVolume(shape: shape, values: rounded.map { Float($0) })), properties: prepared.properties,
                model: ModelFacts(folder))
            // With probabilities upstream decides by these, not by the logits.
            let keepsProbabilities = run.name.hasSuffix("folds012")
            let labels =
                keepsProbabilities
                ? try exportProbabilities(logits, team: team).labels.voxels.values : try exportLabels(logits, team: team).voxels.values
            let expected = try readLabels(path: run.expected(caseName + ".nii.gz")).labels.voxels.values
            let different = zip(labels, expected).count { $0 != $1 }
            print("PARITY \(run.name) \(caseName) with float16 accumulators: \(different) voxels differ")
            #expect(different == 0)
            guard run.stepPath("logits", caseName) != nil else { continue }
            // The network's own arithmetic may tip a rounding to the neighbouring float16.
            let upstream = try run.step("logits", caseName).values.values
            let unequal = zip(rounded, upstream).count { Float($0) != $1 }
            print("PARITY \(run.name) \(caseName): \(unequal) of \(upstream.count) float16 logits differ")
            #expect(unequal < upstream.count / 1000)
        }
    }
}
