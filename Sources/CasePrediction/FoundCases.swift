public import Files

/// What a folder holds of cases.
public struct FoundCases: Sendable {
    /// What was meant as a case and can't be one.
    public struct Refused: Sendable, Equatable {
        /// The case's name as far as there is one.
        public let name: String
        /// Where, what, and what to do.
        public let error: Problem
    }

    /// Sorted by code point.
    public let cases: [CaseFiles]
    /// Sorted by code point.
    public let refused: [Refused]
    /// What looks like an image or a series and was not taken, each with its reason.
    public let passedOver: [(path: String, reason: String)]
}
