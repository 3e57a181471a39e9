import Foundation
import PythonFormats
import TestSupport
import Testing

/// Fingerprints and checks of data sets by nnU-Net's own runs.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct `Taking a fingerprint` {
    private let work: TemporaryFolder

    init() throws {
        work = try TemporaryFolder()
    }

    /// Expects the same keys in the same order, and numbers that differ by at most a millionth.
    private func expectEqual(_ found: OrderedJSON, _ expected: OrderedJSON, _ place: String) {
        if let members = expected.members {
            #expect(found.members?.map(\.key) == members.map(\.key), "\(place)")
            for member in members { expectEqual(found[member.key] ?? .null, member.value, "\(place).\(member.key)") }
        } else if let elements = expected.elements {
            #expect(found.elements?.count == elements.count, "\(place)")
            for (one, other) in zip(found.elements ?? [], elements) { expectEqual(one, other, place) }
        } else if case .number(let number) = expected {
            let value = found.double ?? .nan
            #expect(abs(value - number) <= 1e-6 * max(1, abs(number)), "\(place): \(value), \(number)")
            if case .integer = found { Issue.record("\(place) is an integer") }
        } else {
            #expect(found == expected, "\(place)")
        }
    }

    @Test(arguments: try UpstreamRun.all(of: "extract_fingerprint", in: .planning).map(\.name))
    func `gives nnU-Net's numbers`(name: String) throws {
        let run = try UpstreamRun.named(name, in: .planning)
        try run.prepareByFiles(in: work.path)
        let outcome = try run.run(in: work.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let file = try #require(run.files.first { $0.hasSuffix("fingerprint.json") })
        let expected = try OrderedJSON(contentsOf: SharedReference.path("commands/planning/after/\(name)/\(file)"))
        expectEqual(try OrderedJSON(contentsOf: work.file(file)), expected, "fingerprint")
    }

    @Test(arguments: try UpstreamRun.all(of: "extract_fingerprint", in: .commands).map(\.name))
    func `finds what is wrong with a data set, and only that`(name: String) throws {
        let run = try UpstreamRun.named(name)
        try run.prepareByFiles(in: work.path)
        let outcome = try run.run(in: work.path)
        guard run.files.isEmpty else {
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.isEmpty == (name == "integrity_good"), "\(outcome.errors)")
            for file in run.files { #expect(FileManager.default.fileExists(atPath: work.file(file))) }
            return
        }
        run.expectFailure(outcome, status: 65)
        #expect(outcome.errors.contains(name == "integrity_not_consecutive" ? ": 5 faults" : ": 1 fault,"), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: work.file("preprocessed")))
    }

    @Test func `names every fault of a data set`() throws {
        try UpstreamRun.named("integrity_count").prepareByFiles(in: work.path)
        let folder = work.file("raw/Dataset628_Check")
        try FileManager.default.removeItem(atPath: folder + "/labelsTr/scan_001.nii.gz")
        try Data("no image".utf8).write(to: URL(filePath: folder + "/imagesTr/scan_002_0000.nii.gz"))
        try FileManager.default.removeItem(atPath: folder + "/imagesTr/scan_003_0001.nii.gz")
        let roots = ["nnUNet_raw": work.file("raw"), "nnUNet_preprocessed": work.file("preprocessed")]
        let outcome = try Command.run(["extract_fingerprint", "-d", "628", "--verify_dataset_integrity"], environment: roots)
        #expect(outcome.status == 65)
        for word in ["numTraining", "scan_001.nii.gz: there is no such file", "scan_002_0000.nii.gz", "scan_003", "4 faults"] {
            #expect(outcome.errors.contains(word), "\(word): \(outcome.errors)")
        }
    }

    @Test func `keeps one that is there`() throws {
        let run = try UpstreamRun.named("mr_fingerprint", in: .planning)
        try run.prepareByFiles(in: work.path)
        #expect(try run.run(in: work.path).status == 0)
        let path = work.file("preprocessed/Dataset512_DevMR/dataset_fingerprint.json")
        let file = try #require(run.files.first)
        #expect(work.file(file) == path)
        try "{}".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try run.run(in: work.path).status == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "{}")
        #expect(try run.run(in: work.path, adding: ["--clean"]).status == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("spacings"))
    }
}
