/// Adds up the time of each step of a case.
struct Stopwatch {
    private var seconds: [CaseStep: Double] = [:]
    private var order: [CaseStep] = []

    /// The steps that ran, in the order they ran first.
    var timings: [StepTiming] {
        order.map { StepTiming(step: $0, seconds: seconds[$0] ?? 0) }
    }

    /// Adds the time since an instant to a step.
    mutating func add(_ step: CaseStep, since start: ContinuousClock.Instant) {
        let components = (ContinuousClock.now - start).components
        if seconds[step] == nil { order.append(step) }
        seconds[step, default: 0] += Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
