/// A step on the way of a case and how long it took.
package struct StepTiming: Sendable, Codable, Equatable {
    /// Such as "predict".
    package let step: String
    /// Wall time, s.
    package let seconds: Double

    /// Joins a step and its time.
    package init(step: String, seconds: Double) {
        self.step = step
        self.seconds = seconds
    }
}

extension Duration {
    /// Seconds as a number.
    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
