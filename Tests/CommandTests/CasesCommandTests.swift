import Files
import Foundation
import Ledger
import SystemPackage
import TestSupport
import Testing

/// `nnunet cases` on a daemon's ledger.
struct `Asking which case is which` {
    private let folder: TemporaryFolder
    private let jobs: [Job]
    private let waitingID: String

    init() throws {
        folder = try TemporaryFolder()
        let facts = try #require(try FileSystem.facts(of: FilePath(folder.path)))
        let cases = ["Doe_Jane", "Roe_Max"].map { name in
            NewCase(name: name, kind: .nifti, files: [Job.File(path: name + "/ct.nii.gz", facts: facts, isImage: true)])
        }
        let ledger = try JobLedger(path: JobLedger.path(in: folder.path))
        var jobs = try ledger.admit(cases, route: "liver", inbox: "/srv/in", at: 0, byID: true) { _ in false }
        jobs[1].state = .quarantined
        jobs[1].refusal = Refusal(what: "is damaged", where: "Roe_Max/ct.nii.gz", advice: "export it again")
        try ledger.save(jobs[1], at: 1)
        self.jobs = jobs
        waitingID = try ledger.waitingID(of: "Poe_Ann", path: "Poe_Ann/1.dcm", route: "liver")
    }

    private func cases(_ arguments: String...) throws -> Command.Outcome {
        try Command.run(["cases", "--state", folder.path] + arguments)
    }

    @Test func `lists id, state, route, name and place of every case`() throws {
        let outcome = try cases()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.output == """
                \(waitingID)\twaiting\tliver\tPoe_Ann\tPoe_Ann/1.dcm
                \(jobs[0].id)\tadmitted\tliver\tDoe_Jane\tDoe_Jane/ct.nii.gz
                \(jobs[1].id)\tquarantined\tliver\tRoe_Max\tRoe_Max/ct.nii.gz

                """)
    }

    @Test func `says by id and by name all that is known of a case`() throws {
        for name in [jobs[1].id, "Roe_Max"] {
            let outcome = try cases(name, "--json")
            let list = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
            #expect(list?.count == 1)
            #expect(list?.first?["case_id"] as? String == jobs[1].id)
            #expect(list?.first?["dropped_name"] as? String == "Roe_Max")
            #expect(list?.first?["what"] as? String == "is damaged")
        }
        #expect(try cases(jobs[1].id).output.contains("what to do: export it again"))
    }

    @Test func `says what it did not find`() throws {
        let unknown = try cases("Miller")
        #expect(unknown.status == 66)
        #expect(unknown.errors.contains("Miller: no case"))
        let elsewhere = try Command.run(["cases", "--state", folder.file("nowhere")])
        #expect(elsewhere.status == 66)
        #expect(elsewhere.errors.contains("--state names the daemon's state directory"))
    }
}
