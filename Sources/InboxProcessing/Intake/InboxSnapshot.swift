package import Files
package import SystemPackage

/// What lay in an inbox at one moment.
package struct InboxSnapshot: Sendable, Equatable {
    /// A file that may belong to a case.
    package struct File: Sendable, Equatable, Hashable {
        /// What its name says of its state.
        package enum Stage: Sendable, Hashable {
            /// Nothing.
            case plain
            /// It is being transferred under another name than its own, which is given.
            case transfer(of: FilePath)
            /// A program keeps it while the file of the given name is open in it.
            case editing(of: FilePath)
        }
        /// Below the inbox.
        package let path: FilePath
        package let facts: FileFacts
        package let stage: Stage

        package init(path: FilePath, facts: FileFacts, stage: Stage = .plain) {
            self.path = path
            self.facts = facts
            self.stage = stage
        }

        /// Whether its name says that it is no finished file.
        package var isPartial: Bool { stage != .plain }

        /// The file it will be or stands for, below the inbox; itself where its name says nothing.
        var target: FilePath {
            switch stage {
            case .plain: path
            case .transfer(let name), .editing(let name): path.names.count > 1 ? path.parent.appending(name) : name
            }
        }
    }

    /// Something that is left where it is.
    package struct Ignored: Sendable, Hashable {
        /// Below the inbox.
        package let path: FilePath
        package let reason: String
        /// By which it can be found without its name; nil where it couldn't be examined.
        package var inode: UInt64?
    }

    /// Sorted by path.
    package var files: [File] = []
    /// Left alone for good: links, pipes.
    package var ignored: [Ignored] = []
    /// What is there and can't be looked at now.
    package var unreadable: [Ignored] = []
    /// Below the inbox, in the order they were found.
    package var folders: [FilePath] = []
}
