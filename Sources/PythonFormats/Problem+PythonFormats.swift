package import Files

extension Problem {
    /// A model folder, or a file that belongs to one, that can't be opened or read.
    package static func unreadableModel(path: String, reason: String, cause: SystemError? = nil) -> Problem {
        Problem.unreadable(path: path, reason: reason, cause: cause).of(.model)
    }

    /// A file of a model whose bytes contradict its format or themselves: an interrupted copy, a defect of the disk, or an attack.
    /// A reader of bytes leaves the path to who opened the file.
    package static func damagedModel(path: String? = nil, reason: String) -> Problem {
        Problem(
            .damaged, of: .model, at: path, "damaged or not what its name says: \(reason)",
            advice: "copy it again from where it was trained")
    }

    /// A file that is in order, but asks for something that this software does not run.
    package static func unsupported(path: String, found: String, supported: String) -> Problem {
        Problem(.unsupported, of: .model, at: path, "\(found) is not supported", advice: "supported: \(supported)")
    }

    /// An entry that is missing or has another value, type or shape than needed.
    package static func mismatch(path: String, item: String, expected: String, found: String, advice: String) -> Problem {
        Problem(.mismatch, of: .model, at: path, item, expected: expected, found: found, advice: advice)
    }
}
