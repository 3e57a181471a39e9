package import SystemPackage

extension Problem {
    /// A file or folder that can't be opened or read.
    package static func unreadable(path: String, reason: String, cause: SystemError? = nil) -> Problem {
        Problem(.unreadable, at: path, "can't be read: \(reason)", advice: "check that it exists and may be read", cause: cause)
    }

    /// A file or folder that the system doesn't let be opened or read.
    package static func unreadable(path: String, _ cause: SystemError) -> Problem {
        unreadable(path: path, reason: cause.description, cause: cause)
    }

    /// A file that can't be written.
    package static func unwritable(path: String, reason: String, cause: SystemError? = nil) -> Problem {
        Problem(.unwritable, at: path, "can't be written: \(reason)", advice: "check permissions and free space", cause: cause)
    }

    /// A file that the system doesn't let be written.
    package static func unwritable(path: String, _ cause: SystemError) -> Problem {
        unwritable(path: path, reason: cause.description, cause: cause)
    }

    /// A folder, device, socket or named pipe where a file is expected.
    package static func notRegularFile(path: String) -> Problem {
        Problem(.unreadable, at: path, "is not a regular file", advice: "give a file, not a folder, pipe or device")
    }

    /// A file that isn't of the expected format at all.
    package static func notAnImage(path: String, expected: String, found: String) -> Problem {
        Problem(.foreign, at: path, "is not \(expected)", found: found, advice: "give \(expected) in its place, or remove it")
    }

    /// A file that contradicts its format or itself.
    package static func damaged(path: String, reason: String) -> Problem {
        Problem(.damaged, at: path, "is damaged: \(reason)", advice: "export or copy it again")
    }

    /// A file that ends before its content does.
    package static func truncated(path: String) -> Problem {
        Problem(.truncated, at: path, "is damaged: it ends too early", advice: "export or copy it again")
    }

    /// A sound file of a kind that isn't read or written here.
    package static func unsupported(path: String, reason: String) -> Problem {
        Problem(.unsupported, at: path, "is not supported: \(reason)")
    }

    /// The end on the caller's request.
    package static let cancelled = Problem(.cancelled, "stopped on request")

    /// A call to the file system that failed.
    ///
    /// - `action`: what was tried, in words that follow "can't be": "renamed", "written".
    package static func refused(_ action: String, path: FilePath, _ cause: SystemError) -> Problem {
        let kind: Kind = cause.isCollision ? .occupied : cause.mayPass ? .unavailable : .unusable
        return Problem(
            kind, at: path.shown, "can't be \(action): \(cause)",
            advice: kind == .unusable ? "check the disk and the permissions" : "", cause: cause)
    }
}
