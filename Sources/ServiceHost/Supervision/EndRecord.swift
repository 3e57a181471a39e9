package import Files
import Foundation
package import SystemPackage

/// How the service manager says that the service ended: what it gives to `ExecStopPost=` (`systemd.exec(5)`).
package struct EndRecord: Sendable, Codable, Equatable {
    /// `success`, `signal`, `core-dump`, `oom-kill`, `watchdog`, `timeout`, `exit-code` …
    package let serviceResult: String
    /// `exited`, `killed` or `dumped`.
    package let exitCode: String
    /// The exit status, or the signal's name without SIG.
    package let exitStatus: String
    /// s since 1970.
    package let time: Double

    /// Joins the facts of an end.
    package init(serviceResult: String, exitCode: String, exitStatus: String, time: Double) {
        self.serviceResult = serviceResult
        self.exitCode = exitCode
        self.exitStatus = exitStatus
        self.time = time
    }

    /// From the environment of `ExecStopPost=`; nil elsewhere.
    package init?(environment: [String: String], time: Double) {
        guard let result = environment["SERVICE_RESULT"] else { return nil }
        self.init(
            serviceResult: result, exitCode: environment["EXIT_CODE"] ?? "", exitStatus: environment["EXIT_STATUS"] ?? "", time: time)
    }

    /// Leaves the record for the next start.
    package func write(to path: FilePath) throws(Problem) {
        guard let json = try? JSONEncoder().encode(self) else {
            throw Problem.refused("put into words", path: path, .unsuitable)
        }
        try FileSystem.write(json, to: path)
    }

    /// Gives the record of the last end and removes it; nil where there is none or it is no record.
    package static func take(from path: FilePath) throws(Problem) -> EndRecord? {
        guard try FileSystem.facts(of: path) != nil else { return nil }
        let text = try FileSystem.readText(path, limit: 65_536)
        try FileSystem.removeFile(path)
        return try? JSONDecoder().decode(EndRecord.self, from: Data(text.utf8))
    }
}
