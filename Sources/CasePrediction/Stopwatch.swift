import Files

/// Adds up the time of each step of a case.
struct Stopwatch: Sendable {
    private var seconds: [CaseStep: Double] = [:]
    private var order: [CaseStep] = []

    /// The steps that ran, in the order they ran first.
    var timings: [StepTiming] {
        order.map { StepTiming(step: $0.rawValue, seconds: seconds[$0] ?? 0) }
    }

    /// Adds the time since an instant to a step.
    mutating func add(_ step: CaseStep, since start: ContinuousClock.Instant) {
        if seconds[step] == nil { order.append(step) }
        seconds[step, default: 0] += (ContinuousClock.now - start).inSeconds
    }
}
