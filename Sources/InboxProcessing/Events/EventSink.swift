package import Ledger

/// Where events go: the log, the status line, a counter.
package protocol EventSink: Sendable {
    /// Takes an event in. Called on working threads, several at a time, which it must not hold up.
    func record(_ event: ServiceEvent)
}

/// Several sinks as one; each is told every event.
package struct EventSinks: EventSink {
    private let sinks: [any EventSink]

    package init(_ sinks: [any EventSink]) { self.sinks = sinks }

    package func record(_ event: ServiceEvent) {
        for sink in sinks { sink.record(event) }
    }
}

extension EventSink {
    /// Records what happened to a job, as it is afterwards.
    package func record(_ kind: ServiceEvent.Kind, of job: Job, step: String? = nil, seconds: Double? = nil, cause: String? = nil) {
        record(ServiceEvent(kind, of: job, step: step, seconds: seconds, cause: cause))
    }

    /// Records what concerns no case.
    ///
    /// - `names`: the dropped names that the event's words may hold.
    package func record(
        _ kind: ServiceEvent.Kind, route: String? = nil, step: String? = nil, cause: String? = nil, names: [String] = []
    ) {
        record(ServiceEvent(kind, route: route, step: step, cause: cause, names: names))
    }
}
