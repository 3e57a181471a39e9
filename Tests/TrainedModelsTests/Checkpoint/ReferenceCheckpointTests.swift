import Files
import Foundation
import Networks
import PythonFormats
import TestSupport
import Testing
import TrainedModels

/// Every file of `reference/checkpoints` behaves as its `index.json` says.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct ReferenceCheckpointTests {
    @Test(.timeLimit(.minutes(1)), arguments: ReferenceCheckpoint.all)
    func `a reference checkpoint loads or is refused as its index says`(_ file: ReferenceCheckpoint) throws {
        let folder = try ReferenceCheckpoint.modelFolder(of: file.path)
        let start = ContinuousClock.now
        let outcome = Result { () throws(Problem) -> (ModelFolder, Checkpoint) in
            let model = try ModelFolder.open(path: folder.path)
            return (model, try model.openCheckpoint(model.folds[0]))
        }
        #expect(ContinuousClock.now - start < .seconds(10))
        switch outcome {
        case .success(let (model, checkpoint)):
            #expect(file.shouldLoad, "\(file.path): \(file.reason)")
            #expect(model.configurationName == file.configuration ?? "2d")
            #expect(model.trainerName == file.trainerName ?? "nnUNetTrainer")
            if let axes = file.mirroringAxes { #expect(model.mirroringAxes == axes) }
            #expect(checkpoint.sha256 == file.sha256)
            try expectWeights(of: checkpoint, in: model, equal: file)
        case .failure(let error):
            #expect(!file.shouldLoad, "\(error)")
            #expect(error.description.hasPrefix(folder.path + "/fold_0/checkpoint_final.pth: "))
            let reason = try #require(Refusals.reasons[file.name], "no reason is listed for \(file.name): \(error)")
            #expect(error.description.contains(reason), "\(error)")
        }
        #expect(!Self.pwnedExists(around: folder.path))
    }

    private func expectWeights(of checkpoint: Checkpoint, in model: ModelFolder, equal file: ReferenceCheckpoint) throws {
        let listed = try ReferenceCheckpoint.weights(of: file.name) ?? ReferenceCheckpoint.weights(of: file.equals ?? "")
        let expected = try #require(listed)
        let needed = model.network.predictionWeights
        #expect(needed.count > 40)
        for weight in needed {
            let known = try #require(expected[weight.name], "\(weight.name)")
            #expect(known.shape == weight.shape)
            let values = try checkpoint.weight(weight.name, shape: weight.shape)
            #expect(sha256(values) == known.sha256, "\(weight.name)")
        }
        guard file.relativeTolerance > 0, let equals = file.equals else { return }
        let original = try Checkpoint.open(path: SharedReference.path("checkpoints/" + equals))
        for weight in needed {
            let pairs = zip(
                try checkpoint.weight(weight.name, shape: weight.shape), try original.weight(weight.name, shape: weight.shape))
            for (value, other) in pairs {
                let tolerance = file.relativeTolerance * Double(other.magnitude) + 0x1p-25
                #expect(Double((value - other).magnitude) <= tolerance)
            }
        }
    }

    private func sha256(_ values: [Float]) -> String {
        SHA256.hexadecimal(SHA256.digest(of: values.span.bytes))
    }

    private static func pwnedExists(around folder: String) -> Bool {
        ["pwned", "fold_0/pwned", "../pwned", "../../pwned"].map { folder + "/" + $0 }.contains {
            FileManager.default.fileExists(atPath: $0)
        }
            || FileManager.default.fileExists(atPath: "pwned") || FileManager.default.fileExists(atPath: "/pwned")
    }
}

/// One entry of `index.json`.
struct ReferenceCheckpoint: Sendable, CustomTestStringConvertible {
    let name: String
    let expect: String
    let reason: String
    let equals: String?
    let relativeTolerance: Double
    let configuration: String?
    let trainerName: String?
    /// Nil where the index says nothing, `.some(nil)` for no mirroring.
    let mirroringAxes: [Int]??
    let sha256: String

    var path: String { SharedReference.path("checkpoints/" + name) }
    var testDescription: String { name }

    /// Where both are right, what is ours.
    var shouldLoad: Bool { expect == "loads" || expect == "either" && Refusals.reasons[name] == nil }

    static let all: [ReferenceCheckpoint] = {
        guard let index = try? OrderedJSON(contentsOf: SharedReference.path("checkpoints/index.json")) else { return [] }
        return (index.elements ?? []).map { entry in
            ReferenceCheckpoint(
                name: entry["file"]?.string ?? "", expect: entry["expect"]?.string ?? "", reason: entry["reason"]?.string ?? "",
                equals: entry["equals"]?.string, relativeTolerance: entry["relative_tolerance"]?.double ?? 0,
                configuration: entry["configuration"]?.string, trainerName: entry["trainer_name"]?.string,
                mirroringAxes: entry["mirroring_axes"].map { $0.elements?.compactMap(\.integer) }, sha256: entry["sha256"]?.string ?? "")
        }
    }()

    /// A model folder that holds the file as fold 0 and the plans and labels of all of them.
    static func modelFolder(of path: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        try files.createDirectory(atPath: folder.file("fold_0"), withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: folder.file("fold_0/checkpoint_final.pth"), withDestinationPath: path)
        for name in ["plans.json", "dataset.json"] {
            try files.createSymbolicLink(atPath: folder.file(name), withDestinationPath: SharedReference.path("checkpoints/" + name))
        }
        return folder
    }

    /// Shape and SHA-256 of each canonical weight of one of the files in `weights.json`.
    static func weights(of name: String) throws -> [String: (shape: [Int], sha256: String)]? {
        let file = try OrderedJSON(contentsOf: SharedReference.path("checkpoints/weights.json"))
        return file[name]?.members.map { members in
            Dictionary(
                uniqueKeysWithValues: members.map { member in
                    (member.key, (member.value["shape"]?.elements?.compactMap(\.integer) ?? [], member.value["sha256"]?.string ?? ""))
                })
        }
    }
}
