package import Files
import Foundation
package import Ledger
package import SystemPackage

/// The file that says which dropped name each published pseudonym stands for: one line for each case, tab-separated, for people of the
/// service's group. It repeats what the ledger knows and is made anew from it when it is missing.
package struct PseudonymTable: Sendable {
    private let path: FilePath

    /// For the owner and the group, nobody else.
    static let mode: UInt32 = 0o640
    /// The largest table that is read, bytes.
    private static let sizeLimit = 1 << 30
    private static let header = "case_id\troute\tname\tadmitted\tinbox_path\n"

    package init(path: FilePath) { self.path = path }

    /// Adds a job's line if it isn't there yet, on the disk when this returns.
    ///
    /// - Returns: false when there is no table, which is then to be rebuilt from the ledger.
    package func record(_ job: Job) throws(Problem) -> Bool {
        guard try FileSystem.facts(of: path) != nil else { return false }
        let text = try FileSystem.readText(path, limit: Self.sizeLimit)
        guard text.hasPrefix(Self.header), text.hasSuffix("\n") else { return false }  // not ours, or cut off by a crash
        if !text.contains("\n\(job.id)\t") { try FileSystem.append(Self.line(job).utf8, to: path) }
        return true
    }

    /// Writes the table of the given jobs in place of whatever is there.
    package func rebuild(from jobs: [Job]) throws(Problem) {
        try FileSystem.write((Self.header + jobs.map(Self.line).joined()).utf8, to: path, mode: Self.mode)
    }

    /// Names and paths hold no control characters; otherwise their files wouldn't have been taken.
    private static func line(_ job: Job) -> String {
        let admitted = Date(timeIntervalSince1970: job.admitted).formatted(.iso8601)
        return [job.id, job.route, job.droppedName, admitted, job.files.first?.path ?? ""].joined(separator: "\t") + "\n"
    }
}
