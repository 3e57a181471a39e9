package import Files

/// What a folder holds of cases.
package struct FoundCases: Sendable {
    /// What was meant as a case and can't be one.
    package struct Refused: Sendable, Equatable {
        /// The case's name as far as there is one.
        package let name: String
        /// Where, what, and what to do.
        package let error: Problem
    }

    /// Sorted by code point.
    package let cases: [CaseFiles]
    /// Sorted by code point.
    package let refused: [Refused]
    /// What looks like an image or a series and was not taken, each with its reason.
    package let passedOver: [(path: String, reason: String)]
}
