/// Why something could not be done: the one error of every library.
///
/// It says what is wrong and where, what was expected and found, and what to do; it never holds voxels. Text out of a file stands between
/// `ForeignText`'s marks. Libraries throw it, programs show it once; what it means for a case, a command or the log is decided by its
/// `kind` and `subject` alone.
package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of thing is wrong.
    package enum Kind: Sendable {
        /// What was asked for is not there.
        case missing
        /// Something is there already.
        case occupied
        /// The system refuses now and may not later: full, read-only, not mounted, no permission yet.
        case unavailable
        /// It is there and can't be opened or read.
        case unreadable
        /// It can't be written.
        case unwritable
        /// It is of another format than expected.
        case foreign
        /// It is of the expected format, but inconsistent or hostile.
        case damaged
        /// It ends before its content does.
        case truncated
        /// It is sound, but asks for something that is not done here.
        case unsupported
        /// Parts that are sound by themselves don't belong together, or one has another value than needed.
        case mismatch
        /// Slices make no regular grid, whatever else may arrive.
        case irregular
        /// Parts are missing that may still arrive.
        case incomplete
        /// It lacks what the work rests on, and nothing that may arrive helps.
        case unusable
        /// It is larger than is allowed or than this machine can hold.
        case tooLarge
        /// It reads back differently from what was written.
        case unverified
        /// The computation failed; its input is fine.
        case computation
        /// The caller asked to stop.
        case cancelled
    }

    /// What it is about.
    package enum Subject: Sendable {
        /// A case: its images, its results.
        case input
        /// A model: its folder, plans, checkpoints, and nnU-Net's other descriptions.
        case model
    }

    /// What kind of thing is wrong.
    package let kind: Kind
    /// What it is about.
    package let subject: Subject
    /// The file or folder, where there is one.
    package let path: String?
    /// What is wrong, in words that follow "path: "; with `expected` or `found`, the thing that was looked at.
    package let what: String
    /// What should have been there.
    package let expected: String?
    /// What was there.
    package let found: String?
    /// What to do, in words that follow "; "; empty where there is nothing to say.
    package let advice: String
    /// The system's part in it.
    package let cause: SystemError?

    /// Joins the facts.
    package init(
        _ kind: Kind, of subject: Subject = .input, at path: String? = nil, _ what: String, expected: String? = nil, found: String? = nil,
        advice: String = "", cause: SystemError? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.path = path
        self.what = what
        self.expected = expected
        self.found = found
        self.advice = advice
        self.cause = cause
    }

    /// What is wrong, what was expected and what was found, without the place.
    package var finding: String {
        switch (expected, found) {
        case (let expected?, let found?): "\(what): expected \(expected), found \(found)"
        case (let expected?, nil): "\(what): expected \(expected)"
        case (nil, let found?): "\(what) (found \(found))"
        case (nil, nil): what
        }
    }

    /// The system's words where the system refused, else the finding.
    package var reason: String { cause?.description ?? finding }

    /// One sentence for an operator: the place, what was found, and what to do. Text out of files keeps its marks.
    package var description: String {
        (path.map { $0 + ": " } ?? "") + finding + (advice.isEmpty ? "" : "; " + advice)
    }

    /// The same without marks, for people who may see the case.
    package var plainDescription: String { ForeignText.plain(description) }

    /// The same problem seen from where the place is known; one that names a place already keeps it.
    package func at(_ place: String) -> Problem { path == nil && kind != .cancelled ? with(path: place, subject: subject) : self }

    /// The same problem of a file that was named within a folder.
    package func inside(_ folder: String) -> Problem { with(path: path.map { folder + "/" + $0 } ?? folder, subject: subject) }

    /// The same problem seen by who knows a case's first file and its model's folder.
    package func at(input: String, model: String) -> Problem { at(subject == .model ? model : input) }

    /// The same problem with one more finding.
    package func adding(_ finding: String?) -> Problem {
        guard let finding else { return self }
        return Problem(
            kind, of: subject, at: path, "\(what); \(finding)", expected: expected, found: found, advice: advice, cause: cause)
    }

    /// The same problem of something else.
    package func of(_ subject: Subject) -> Problem { with(path: path, subject: subject) }

    private func with(path: String?, subject: Subject) -> Problem {
        Problem(kind, of: subject, at: path, what, expected: expected, found: found, advice: advice, cause: cause)
    }
}
