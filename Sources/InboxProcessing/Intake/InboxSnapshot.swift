package import ServiceHost

/// What lay in an inbox at one moment.
package struct InboxSnapshot: Sendable, Equatable {
    /// A file that may belong to a case.
    package struct File: Sendable, Equatable, Hashable {
        /// Below the inbox.
        package let path: RawPath
        package let facts: FileFacts
        /// Whether its name says that it is still being transferred.
        package let isPartial: Bool

        package init(path: RawPath, facts: FileFacts, isPartial: Bool) {
            self.path = path
            self.facts = facts
            self.isPartial = isPartial
        }
    }

    /// Something that is left where it is.
    package struct Ignored: Sendable, Hashable {
        /// Below the inbox.
        package let path: RawPath
        package let reason: String
    }

    /// Sorted by path.
    package var files: [File] = []
    package var ignored: [Ignored] = []
}
