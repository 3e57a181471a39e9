package import Files

extension Problem {
    /// The name and all its numbered variants are in use.
    package static func noFreeName(_ name: String) -> Problem {
        Problem(.occupied, "\(name) and every name with a number after it are in use", advice: "clear away published and processed cases")
    }

    /// Another case got the name between looking for one and recording it; looking again helps.
    package static func nameTakenMeanwhile(_ name: String) -> Problem {
        Problem(.occupied, "\(name) was taken by another case at this moment")
    }

    /// A ledger that a newer version of this software wrote.
    package static func newerVersion(ledger path: String) -> Problem {
        Problem(
            .unsupported, at: path, "a newer version of this software wrote this ledger",
            advice: "start that version or a later one; nothing was changed")
    }

    /// A working folder's description that is another job's.
    package static func foreignDescription(_ id: String) -> Problem {
        Problem(.mismatch, "the description in the working folder \(id) is not that job's")
    }
}
