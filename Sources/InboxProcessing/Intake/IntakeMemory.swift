import Foundation
import ServiceHost

/// What an intake must not forget when the service ends: one small file for each route in the state directory.
struct IntakeMemory: Sendable, Equatable, Codable {
    /// Files that were being written when they were last heard of; below the inbox, as `RawPath.description`.
    var writers: [String] = []
    /// Folders that cases were taken from and that go when they are empty; the same.
    var emptied: [String] = []
    /// The jobs of each DICOM series that was taken on, oldest first.
    var series: [String: [String]]? = [:]

    /// The largest file that is read, bytes.
    private static let sizeLimit = 256 << 20

    /// What was kept; nothing where there is no file, or none that this version can read: all of it is only about waiting and tidying.
    static func read(_ path: RawPath) throws(FileSystemError) -> IntakeMemory {
        guard try FileSystem.facts(of: path) != nil else { return IntakeMemory() }
        let text = try FileSystem.readText(path, limit: sizeLimit)
        return (try? JSONDecoder().decode(IntakeMemory.self, from: Data(text.utf8))) ?? IntakeMemory()
    }

    func write(to path: RawPath) throws {
        try FileSystem.makeFolder(path.parent)
        try FileSystem.write(try JSONEncoder().encode(self), to: path, mode: 0o640)
    }
}
