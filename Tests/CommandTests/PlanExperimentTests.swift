import Foundation
import TestSupport
import Testing

/// Planning by nnU-Net's own runs.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct `Planning an experiment` {
    private let work: TemporaryFolder

    init() throws {
        work = try TemporaryFolder()
    }

    @Test(arguments: try UpstreamRun.all(of: "plan_experiment", in: .planning).map(\.name))
    func `gives nnU-Net's plans to the letter`(name: String) throws {
        let run = try UpstreamRun.named(name, in: .planning)
        try run.prepareByFiles(in: work.path)
        let outcome = try run.run(in: work.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try run.expectFiles(in: work.path)
    }

    @Test func `keeps configurations of one's own, and takes the raw data set's folds`() throws {
        let run = try UpstreamRun.named("ct_plan_default", in: .planning)
        try run.prepareByFiles(in: work.path)
        let folder = work.file("preprocessed/Dataset511_DevCT")
        let splits = #"[{"train": ["case_00"], "val": ["case_01"]}]"#
        try splits.write(toFile: work.file("raw/Dataset511_DevCT/splits_final.json"), atomically: true, encoding: .utf8)
        #expect(try run.run(in: work.path).status == 0)
        #expect(try String(contentsOfFile: folder + "/splits_final.json", encoding: .utf8) == splits)
        let plans = try String(contentsOfFile: folder + "/nnUNetPlans.json", encoding: .utf8)
        let own = plans.replacing(
            "    \"configurations\": {", with: "    \"configurations\": {\n        \"own\": {\"inherits_from\": \"2d\"},")
        try own.write(toFile: folder + "/nnUNetPlans.json", atomically: true, encoding: .utf8)
        #expect(try run.run(in: work.path).status == 0)
        let again = try String(contentsOfFile: folder + "/nnUNetPlans.json", encoding: .utf8)
        #expect(again.contains("\"own\": {\n            \"inherits_from\": \"2d\"\n        }"))
        try #"[{"train": ["case_02"], "val": ["case_01"]}]"#
            .write(toFile: work.file("raw/Dataset511_DevCT/splits_final.json"), atomically: true, encoding: .utf8)
        let refused = try run.run(in: work.path)
        #expect(refused.status == 73 && refused.errors.contains("fold 0 differs"), "\(refused.errors)")
        #expect(try String(contentsOfFile: folder + "/nnUNetPlans.json", encoding: .utf8) == again)
    }

    @Test func `says that there is no fingerprint`() throws {
        let run = try UpstreamRun.named("ct_fingerprint", in: .planning)
        try run.prepare(in: work.path)
        let outcome = try Command.run(
            ["plan_experiment", "-d", "511"],
            environment: ["nnUNet_raw": work.file("raw"), "nnUNet_preprocessed": work.file("preprocessed")])
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("dataset_fingerprint.json: there is no fingerprint"))
    }
}
