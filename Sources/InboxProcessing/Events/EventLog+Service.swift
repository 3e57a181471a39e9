import ServiceHost

/// What the log says of inboxes, the ledger and the service as a whole.
extension EventLog {
    func entry(for inbox: ServiceEvent.Inbox, _ event: ServiceEvent) -> Entry {
        let (route, cause) = (event.route ?? "", event.cause ?? "")
        switch inbox {
        case .ignored(let path, let inode):
            let number = inode.map { Int(clamping: $0) }
            let place: LogText = number.map { "\(name: path) in the inbox (find -inum \($0))" } ?? "\(name: path) in the inbox"
            return Entry(.warning, "\(place) is left alone: it \(free: cause).", id: MessageID.ignored)
                .lasting("ignored \(route) \(path)", cause)
        case .held(let title):
            return Entry(.notice, "\(name: title) stays in the inbox for now: \(free: cause).", id: MessageID.held)
                .lasting("held \(route) \(title)", cause)
        case .unavailable:
            return Entry(.error, "The inbox can't be read now and is tried again: \(free: cause)", id: MessageID.inboxUnavailable)
                .lasting(Self.inboxKey(event), cause)
        case .available: return Entry(.notice, "The inbox can be read again.")
        case .placesUnavailable:
            let text: LogText =
                "Cases stay in the inbox and are tried again, since it can't be told whether their names are free: \(free: cause)"
            return Entry(.error, text, id: MessageID.waiting).lasting(Self.placesKey(event), cause)
        case .placesAvailable: return Entry(.notice, "Cases are taken from the inbox again.")
        case .looksLong(let pause):
            let text: LogText =
                "A look at the inbox has not come back for \(pause); inbox or outbox may lie on a share that does not answer. Other routes go on."
            return Entry(.error, text, id: MessageID.inboxUnavailable)
        case .blind(let folder, let inbox):
            let text: LogText =
                "The folder \(name: folder) in \(site: inbox) can't be watched (\(free: cause)); the inbox is looked at regularly instead."
            return Entry(.warning, text)
        case .replaced: return Entry(.notice, "\(free: cause)")
        }
    }

    /// Nil where it says nothing.
    func entry(for records: ServiceEvent.Records, _ event: ServiceEvent) -> Entry? {
        let cause = event.cause ?? ""
        switch records {
        case .setAside(let path):
            let text: LogText =
                "The ledger can't be read (\(free: cause)); it is kept as \(free: path.shown) and made anew from the folders."
            return Entry(.error, text, id: MessageID.ledgerRebuilt)
        case .rebuilt(let atWork, let done, let quarantined):
            let text: LogText =
                "The ledger was made anew from the folders: \(atWork) case(s) at work, \(done) done, \(quarantined) in quarantine."
            return Entry(.notice, text, id: MessageID.ledgerRebuilt)
        case .failed: return Entry(.critical, "The ledger can't be written; work waits: \(free: cause)").lasting(Self.ledgerKey, cause)
        case .works: return nil
        case .workUnexplained(let place):
            let text: LogText =
                "Work that neither the ledger nor a job.json explains is kept in \(free: place.shown); its error.json says what to do."
            return Entry(.error, text)
        case .workUnreadable(let path):
            return Entry(.error, "\(free: path.shown) is left alone until the next start: \(free: cause)")
        case .outboxUnread:
            return Entry(.warning, "The new ledger does not know the published cases of this route: \(free: cause)")
        }
    }

    /// Nil where it says nothing.
    func entry(for life: ServiceEvent.Life, _ event: ServiceEvent) -> Entry? {
        let cause = event.cause ?? ""
        switch life {
        case .configured, .idle: return nil
        case .configurationWarned, .cacheFailed: return Entry(.warning, "\(site: cause)")
        case .started(let routes):
            let text: LogText = "Started; watching \(routes.count) inbox(es): \(site: routes.joined(separator: ", "))."
            return Entry(.notice, text, id: MessageID.started)
        case .reloaded: return Entry(.notice, "The new configuration is in force.", id: MessageID.reloaded)
        case .reloadRefused:
            let text: LogText = "The new configuration is refused, the old one stays in force:\n\(site: cause)"
            return Entry(.error, text, id: MessageID.reloadRefused)
        case .watcherFailed: return Entry(.error, "\(free: cause) Inboxes are polled instead.")
        case .endUntold: return Entry(.warning, "How the service ended before, or will end, can't be told: \(free: cause)")
        case .stalled:
            return Entry(.critical, "No progress; waiting for the service manager to restart this service.", id: MessageID.stalled)
        case .ending:
            return Entry(.notice, "Ending; a running case is parked and goes on at the next start.", id: MessageID.stopping)
        case .stepsLeft: return Entry(.notice, "The running step was left as it was; it is repeated at the next start.")
        }
    }
}
