import Files
import Foundation
import SystemPackage

/// What an intake must not forget when the service ends: one small file for each route in the state directory.
package struct IntakeMemory: Sendable, Equatable, Codable {
    /// Files that were being written when they were last heard of; below the inbox, as `FilePath.shown`.
    var writers: [String] = []
    /// Folders that cases were taken from and that go when they are empty; the same.
    var emptied: [String] = []
    /// The DICOM series that were taken on, those that were heard of last at the end.
    private var series: [Series]? = []

    /// A DICOM series and its jobs, oldest first.
    private struct Series: Sendable, Equatable, Codable {
        let uid: String
        var jobs: [String]
    }

    /// How many series are kept in mind, so that the file does not grow without end.
    package static let seriesLimit = 20_000

    /// The largest file that is read, bytes.
    private static let sizeLimit = 256 << 20

    package init() {}

    /// The jobs of a series, oldest first.
    package func jobs(ofSeries uid: String) -> [String] {
        series?.first { $0.uid == uid }?.jobs ?? []
    }

    /// Notes the job that slices of these series were taken on as, and forgets the series that were not heard of for longest.
    package mutating func note(_ job: String, ofSeries uids: [String]) {
        guard !uids.isEmpty else { return }
        let updated = uids.map { Series(uid: $0, jobs: jobs(ofSeries: $0) + [job]) }
        let named = Set(uids)
        series = ((series ?? []).filter { !named.contains($0.uid) } + updated).suffix(Self.seriesLimit)
    }

    /// What was kept; nothing where there is no file, or none that this version can read: all of it is only about waiting and tidying.
    static func read(_ path: FilePath) throws(Problem) -> IntakeMemory {
        guard try FileSystem.facts(of: path) != nil else { return IntakeMemory() }
        let text = try FileSystem.readText(path, limit: sizeLimit)
        return (try? JSONDecoder().decode(IntakeMemory.self, from: Data(text.utf8))) ?? IntakeMemory()
    }

    func write(to path: FilePath) throws {
        try FileSystem.makeFolder(path.parent)
        try FileSystem.write(try JSONEncoder().encode(self), to: path, mode: 0o640)
    }
}
