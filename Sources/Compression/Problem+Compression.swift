package import Files

extension Problem {
    /// Content that is larger than its reader allows, bytes; nothing was unpacked.
    package static func tooLarge(path: String, limit: Int) -> Problem {
        Problem(.tooLarge, at: path, "holds more than the \(limit) bytes that are allowed", advice: "check the file")
    }

    /// An archive that lacks an entry.
    package static func entryMissing(path: String, name: String) -> Problem {
        Problem(.damaged, at: path, "holds no entry \(name)", advice: "check the file")
    }

    /// An archive's entry that must not be unpacked: it leads out of the folder, is a link, or is encrypted.
    package static func unsafeEntry(path: String, name: String, reason: String) -> Problem {
        Problem(.damaged, at: path, "entry \(name) is refused: \(reason)")
    }
}
