import Foundation
import ServiceHost

/// What the log says of cases.
extension EventLog {
    /// Nil where it says nothing.
    func entry(for way: ServiceEvent.Way, _ event: ServiceEvent) -> Entry? {
        let (title, step) = (title(of: event), event.step ?? "")
        switch way {
        case .admitted: return Entry(.info, "Case \(site: title) was taken on.", id: MessageID.admitted)
        case .resumed: return Entry(.notice, "Case \(site: title) goes on from its working folder.")
        case .stepDone: return Entry(.info, "Case \(site: title): \(site: step) done.")
        case .published(let outbox, let sinceAdmission):
            let text: LogText = "Case \(site: title) is published in \(site: outbox)/\(published: event.about)."
            return Entry(.notice, text, id: MessageID.published).taking(sinceAdmission)
        case .parked: return Entry(.notice, "Case \(site: title) is parked; it goes on at the next start.")
        case .withdrawn: return Entry(.notice, "Case \(site: title) was taken back from the inbox before it was claimed.")
        case .cameBack: return Entry(.notice, "Case \(site: title): the step \(site: step) has come back.")
        case .stepBegan, .progressed, .over: return nil
        }
    }

    func entry(for trouble: ServiceEvent.Trouble, _ event: ServiceEvent) -> Entry {
        let (title, cause) = (title(of: event), event.cause ?? "")
        switch trouble {
        case .warned: return Entry(.warning, "Case \(site: title): \(free: cause)")
        case .incomplete(let left):
            let text: LogText = "Case \(site: title) is not complete: \(free: cause). It waits \(left) in the inbox for the rest."
            return Entry(.notice, text, id: MessageID.incomplete).lasting("incomplete " + (event.about?.id ?? ""), cause)
        case .renamed(let old):
            return Entry(
                .warning,
                "The outbox holds \(name: old) already; case \(site: title) is called \(published: event.about) and its results are made anew."
            )
        case .pseudonymised: return Entry(.info, "Case \(site: title) goes on under its id, as its route asks for now.")
        case .setBack(let step): return Entry(.warning, "Case \(site: title) goes back to the step \(site: step): \(free: cause)")
        case .waits(let pause, let tries, let since):
            let history: LogText = tries > 1 ? " (\(tries) tries since \(site: since.formatted(.iso8601)))" : ""
            return Entry(.warning, "Case \(site: title) waits and is tried again: \(free: cause)\(history)", id: MessageID.waiting)
                .lasting(Self.waitKey(event), cause).taking(pause)
        case .refused(let advice):
            let text: LogText = "Case \(site: title) can't be processed: \(free: cause). What to do: \(free: advice)"
            return Entry(.error, text, id: MessageID.quarantined)
        case .hung, .died, .undescribed, .leftover: return entry(forFailure: trouble, event)
        }
    }

    /// Of the service or its folders, not of the case.
    private func entry(forFailure trouble: ServiceEvent.Trouble, _ event: ServiceEvent) -> Entry {
        let (title, step, cause) = (title(of: event), event.step ?? "", event.cause ?? "")
        switch trouble {
        case .hung(let pause):
            return Entry(
                .error,
                "Case \(site: title): the step \(site: step) has not come back for \(pause); its folders may lie on a share that does not answer. Other routes go on.",
                id: MessageID.waiting)
        case .died(let death, let count):
            let text: LogText =
                "Case \(site: title) was at the step \(site: step) when \(free: death.words). \(Self.verdict(death, count))"
            return Entry(death.counts ? .error : .notice, text)
        case .leftover:
            return Entry(.warning, "The working folder of a case that is over stays until the next start: \(free: cause)")
        default:
            return Entry(.warning, "job.json can't be written; a start without ledger would repeat steps: \(free: cause)")
                .lasting("undescribed", cause)
        }
    }

    private static func verdict(_ death: Death, _ count: Int) -> LogText {
        guard death.counts else { return "That does not count against it." }
        let sequel = count < JobDriver.mostDeaths ? "tried again after the others" : "refused"
        return "That counts against it (\(count) of \(JobDriver.mostDeaths)); it is \(site: sequel)."
    }
}
