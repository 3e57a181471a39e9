import Experiments
import Foundation
import Plans
import PythonFormats
import TestSupport
import Testing

/// Planning against figures and files of nnU-Net's own planners.
struct `The experiment planner` {
    /// A data set as a fingerprint of a few kinds of cases.
    private static func fingerprint(_ cases: [(count: Int, spacing: [Double], shape: [Int])]) throws -> DatasetFingerprint {
        let all = cases.flatMap { Array(repeating: ($0.spacing, $0.shape), count: $0.count) }
        let json: OrderedJSON = [
            "spacings": .array(all.map { .array($0.0.map(OrderedJSON.number)) }),
            "shapes_after_crop": .array(all.map { .array($0.1.map(OrderedJSON.integer)) }),
            "median_relative_size_after_cropping": 1.0, "foreground_intensity_properties_per_channel": [:],
        ]
        return try DatasetFingerprint(JSONField(file: "dataset_fingerprint.json", value: json))
    }

    private static func plans(
        _ fingerprint: DatasetFingerprint, _ preset: PlannerPreset = .standard, channels: [String] = ["CT"],
        labels: [String] = ["one", "two"], cases: Int
    ) throws -> ExperimentPlans {
        let json: OrderedJSON = [
            "channel_names": .object(channels.enumerated().map { .init("\($0.offset)", .string($0.element)) }),
            "labels": .object((["background"] + labels).enumerated().map { .init($0.element, .integer($0.offset)) }),
            "numTraining": .integer(cases), "file_ending": ".nii.gz",
        ]
        let dataset = try DatasetDescription(json: json, path: "dataset.json")
        return try ExperimentPlanner(preset).plan(
            dataset, at: "dataset.json", name: "Dataset001_X", fingerprint: fingerprint, reader: "SimpleITKIO")
    }

    @Test func `counts what convolutions put out as the networks themselves do`() {
        func size(_ family: PlannedNetwork.Family, _ patch: [Double], _ labels: Int) -> Double {
            PlannedNetwork(family: family, topology: NetworkTopology(spacing: patch.map { _ in 1 }, patch: patch))
                .featureMapSize(labelCount: labels)
        }
        #expect(size(.plain, [128, 128, 128], 3) == 452_796_416)
        #expect(size(.plain, [128, 128, 128], 2) == 450_699_264)
        #expect(size(.residualEncoder, [128, 128, 128], 3) == 557_420_544)
        #expect(size(.residualEncoder, [192, 192, 192], 3) == 1_881_294_336)
        #expect(size(.plain, [512, 512], 3) == 82_886_656)
        #expect(size(.residualEncoder, [512, 512], 3) == 129_703_936)
    }

    @Test func `plans an anisotropic data set with few slices`() throws {
        let fingerprint = try Self.fingerprint([
            (5, [3.6, 0.625, 0.625], [20, 320, 320]), (1, [4, 0.6, 0.6], [15, 384, 384]), (1, [3, 0.625, 0.625], [24, 320, 320]),
        ])
        let plans = try Self.plans(fingerprint, channels: ["T2", "ADC"], cases: 7)
        let full = try #require(plans.configurations.full)
        #expect(abs(full.spacing[0] - 3.36) < 1e-12 && full.spacing[1...] == [0.625, 0.625])
        #expect(full.medianShape == [21, 320, 320])
        #expect(full.network.topology.patch == [20, 320, 256])
        #expect(full.network.topology.strides == [[1, 1, 1], [1, 2, 2], [1, 2, 2], [2, 2, 2], [2, 2, 2], [1, 2, 2], [1, 2, 2]])
        #expect(full.network.topology.kernelSizes.prefix(3) == [[1, 3, 3], [1, 3, 3], [3, 3, 3]])
        #expect(full.featureMapSize == 483_315_200 && full.batchSize == 2)
        #expect(plans.configurations.low == nil)
        #expect(plans.configurations.planar.network.topology.patch == [320, 320] && plans.configurations.planar.batchSize == 7)
    }

    private static let large: [(PlannerPreset, [Int], [Int]?)] = [
        (.standard, [128, 128, 128], [128, 128, 128]), (.residualL, [192, 192, 192], nil), (.residualXL, [224, 256, 224], nil),
    ]

    @Test(arguments: large)
    func `finds the patch, and the low resolution, of large scans`(preset: PlannerPreset, patch: [Int], low: [Int]?) throws {
        let fingerprint = try Self.fingerprint([
            (8, [1, 0.77, 0.77], [482, 512, 512]), (1, [5, 0.7, 0.7], [90, 512, 512]), (1, [2.5, 0.8, 0.8], [180, 512, 512]),
        ])
        let plans = try Self.plans(fingerprint, preset, cases: 10)
        #expect(plans.configurations.full?.network.topology.patch == patch)
        #expect(plans.configurations.full?.batchSize == 2)
        if let low {
            let found = try #require(plans.configurations.low)
            #expect(found.network.topology.patch == low && found.medianShape == [193, 205, 205])
            #expect(zip(found.spacing, [2.5001, 1.9251, 1.9251]).allSatisfy { abs($0 - $1) < 1e-4 })
        }
    }

    @Test func `plans pictures for planar networks alone`() throws {
        let fingerprint = try Self.fingerprint([(20, [999, 1, 1], [1, 512, 640])])
        for (preset, patch, batch) in [
            (PlannerPreset.standard, [512, 640], 2), (.residualM, [512, 512], 13), (.residualL, [512, 640], 20),
            (.residualXL, [512, 640], 20),
        ] {
            let plans = try Self.plans(fingerprint, preset, channels: ["R", "G", "B"], labels: ["building"], cases: 20)
            #expect(plans.list.map(\.name) == ["2d"])
            #expect(plans.configurations.planar.network.topology.patch == patch && plans.configurations.planar.batchSize == batch)
        }
    }

    @Test func `refuses a fingerprint that is none`() throws {
        for (key, value) in [("spacings", [[0.0, 1, 1]]), ("spacings", [[1, 1]]), ("shapes_after_crop", [])] as [(String, OrderedJSON)] {
            var members: [OrderedJSON.Member] = [
                .init("spacings", [[1.0, 1, 1]]), .init("shapes_after_crop", [[10, 10, 10]]),
                .init("median_relative_size_after_cropping", 1), .init("foreground_intensity_properties_per_channel", [:]),
            ]
            members = members.map { $0.key == key ? .init(key, value) : $0 }
            #expect(throws: (any Error).self) { try DatasetFingerprint(JSONField(file: "f", value: .object(members))) }
        }
    }

    /// Every plans file of the reference, and how it was made.
    private static let references: [(dataset: String, plans: String)] = [
        "Dataset004_Hippocampus", "Dataset501_HeadCT", "Dataset502_BrainMR", "Dataset999_Phantom",
    ].flatMap { dataset in
        ["nnUNetPlans", "nnUNetResEncUNetMPlans", "nnUNetResEncUNetLPlans", "nnUNetPlans1G"].map { (dataset, $0) }
    }

    @Test(.enabled(if: SharedReference.isAvailable), arguments: references)
    func `writes plans.json to the letter`(dataset: String, plans: String) throws {
        let folder = SharedReference.path("planning/" + dataset)
        guard FileManager.default.fileExists(atPath: "\(folder)/\(plans).json") else { return }
        let preset = PlannerPreset.allCases.first { $0.plansName == plans } ?? .standard
        var planner = ExperimentPlanner(preset)
        planner.plansName = plans
        if plans == "nnUNetPlans1G" { planner.memoryTarget = 1 }
        let found = try planner.plan(
            DatasetDescription(contentsOf: folder + "/dataset.json"), at: folder + "/dataset.json", name: dataset,
            fingerprint: DatasetFingerprint(contentsOf: folder + "/dataset_fingerprint.json"), reader: "SimpleITKIO")
        #expect(try found.json().pythonText() == String(contentsOfFile: "\(folder)/\(plans).json", encoding: .utf8))
    }
}
