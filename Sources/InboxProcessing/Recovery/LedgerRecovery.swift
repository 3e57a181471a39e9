import CasePrediction
import Files
import Foundation
package import Ledger
import Reporting
import SystemPackage

/// Brings ledger and folders together at the start: a lost ledger is made anew from what lies in them, and what lies there is never lost.
package struct LedgerRecovery {
    private let layout: StateLayout
    private let outboxes: [(route: String, path: String)]
    private let events: any EventSink

    /// - `outboxes`: those of the configured routes.
    package init(layout: StateLayout, outboxes: [(route: String, path: String)], events: any EventSink) {
        self.layout = layout
        self.outboxes = outboxes
        self.events = events
    }

    /// Opens the ledger; sees to every working folder, and, when the ledger is new, to what is over.
    package func open(at time: Double) throws -> JobLedger {
        let opening = try JobLedger.open(layout.ledger)
        if let (reason, place) = opening.setAside { events.record(.records(.setAside(place)), cause: reason) }
        let resumed = try seeToWork(opening.ledger, at: time)
        let finished = opening.isNew ? try self.finished(except: resumed) : []
        try opening.ledger.adopt(finished: finished)
        if opening.isNew, resumed.count + finished.count > 0 {
            let (done, quarantined) = (finished.count { $0.state == .done }, finished.count { $0.state == .quarantined })
            events.record(.records(.rebuilt(atWork: resumed.count, done: done, quarantined: quarantined)))
        }
        return opening.ledger
    }

    /// Clears the folders of jobs that are over, records jobs that the ledger doesn't know and gives them.
    private func seeToWork(_ ledger: JobLedger, at time: Double) throws -> [Job] {
        var unknown: [(admitted: Double, id: String, json: String)] = []
        for name in try FileSystem.names(in: FilePath(layout.work)) ?? [] {
            let folder = FilePath(layout.work).appending(name)
            if let id = name.text, let job = try ledger.job(id) {
                do {
                    try JobSteps(layout: layout).clear(job)
                } catch {
                    events.record(.trouble(.leftover), of: job, cause: error.description)
                }
                continue
            }
            do {
                guard let json = try description(in: folder) else {
                    try quarantine(folder, name)
                    continue
                }
                unknown.append((json.admitted, name.shown, json.text))
            } catch let error as Problem {
                events.record(.records(.workUnreadable(folder)), cause: error.description)
            }
        }
        var resumed: [Job] = []
        for (_, id, json) in unknown.sorted(by: { ($0.admitted, $0.id) < ($1.admitted, $1.id) }) {
            do {
                let job = try ledger.adopt(json, id: id, at: time)
                events.record(.way(.resumed), of: job, step: job.state.nextStep)
                resumed.append(job)
            } catch  where error is DecodingError || error is Problem {
                try quarantine(FilePath(layout.work + "/" + id), FilePath(id))
            }
        }
        return resumed
    }

    /// The text of a working folder's `job.json`, and when its job was admitted; nil when it isn't there.
    private func description(in folder: FilePath) throws(Problem) -> (text: String, admitted: Double)? {
        let path = folder.appending(FilePath(StateLayout.descriptionName))
        guard try FileSystem.facts(of: path) != nil else { return nil }
        let text = try FileSystem.readText(path, limit: 256 << 20)
        struct Admission: Decodable { let admitted: Double }
        let admission = try? JSONDecoder().decode(Admission.self, from: Data(text.utf8))  // what is no JSON is refused when it is adopted
        return (text, admission?.admitted ?? 0)
    }

    /// Work that nothing explains is kept where people look for what went wrong; an empty folder is no work.
    private func quarantine(_ folder: FilePath, _ name: FilePath) throws {
        if FileSystem.removeEmptyFolder(folder) { return }
        let record = QuarantineRecord(unexplained: name.shown, at: Date())
        guard try FileSystem.facts(of: folder)?.kind == .folder else {
            return events.record(.records(.workUnreadable(folder)), cause: "is no folder")
        }
        try FileSystem.write(try record.json(), to: folder.appending(FilePath("error.json")))
        let place = try JobSteps(layout: layout).moveToFreeName(
            folder, in: FilePath(layout.quarantine), like: "unexplained_" + String(name.shown.prefix(8)))
        events.record(.records(.workUnexplained(place)))
    }

    // MARK: What is over

    /// - `atWork`: jobs that are recorded already; what is published or processed under such a job's name is its own.
    private func finished(except atWork: [Job]) throws -> [Job] {
        var jobs: [Job] = []
        var known = Set(atWork.map { [$0.route, $0.name] })
        let processed = FilePath(layout.root + "/processed")
        for route in try FileSystem.names(in: processed) ?? [] {
            for name in try FileSystem.names(in: processed.appending(route)) ?? [] {
                guard known.insert([route.shown, name.shown]).inserted else { continue }
                jobs.append(try done(route.shown, name.shown, at: processed.appending(route).appending(name)))
            }
        }
        for (route, path) in outboxes {
            do {
                for name in try FileSystem.names(in: FilePath(path)) ?? [] where !known.contains([route, name.shown]) {
                    let folder = FilePath(path).appending(name)
                    guard try FileSystem.facts(of: folder.appending(FilePath("\(name.shown).json"))) != nil else { continue }
                    jobs.append(try done(route, name.shown, at: folder))
                }
            } catch let error as Problem {
                events.record(.records(.outboxUnread), route: route, cause: error.description)
            }
        }
        for name in try FileSystem.names(in: FilePath(layout.quarantine)) ?? [] {
            let folder = FilePath(layout.quarantine).appending(name)
            guard let facts = try FileSystem.facts(of: folder.appending(FilePath("error.json"))) else { continue }
            let text = try FileSystem.readText(folder.appending(FilePath("error.json")), limit: 16 << 20)
            guard let record = QuarantineRecord(json: text) else { continue }
            jobs.append(record.job(named: name.shown, at: Double(facts.modified) / 1e9))
        }
        return jobs.sorted { $0.admitted < $1.admitted }
    }

    private func done(_ route: String, _ name: String, at folder: FilePath) throws -> Job {
        let hasNIfTI = (try FileSystem.names(in: folder) ?? []).contains { CaseNaming.parse($0.shown) != nil }
        let time = Double(try FileSystem.facts(of: folder)?.modified ?? 0) / 1e9
        return Job(
            over: .done, route: route, inbox: "", name: name, kind: hasNIfTI ? .nifti : .dicom, at: time, id: reportedID(route, name))
    }

    /// What the log called a published case, as its report says; nil where no report says it.
    private func reportedID(_ route: String, _ name: String) -> String? {
        struct Report: Decodable { let case_id: String? }
        guard let outbox = outboxes.first(where: { $0.route == route })?.path,
            // An outbox that can't be read is told of where it is listed; a report that isn't one names nobody.
            let text = try? FileSystem.readText(FilePath("\(outbox)/\(name)/\(name).json"), limit: CaseReport.longest),
            let id = (try? JSONDecoder().decode(Report.self, from: Data(text.utf8)))?.case_id, CaseID.isOne(id[...])
        else { return nil }
        return id
    }
}
