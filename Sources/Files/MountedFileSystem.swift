import Glibc
package import SystemPackage

/// The mounted file system that a folder lies on, by what stays the same when the machine is started anew.
package struct MountedFileSystem: Sendable, Codable, Equatable, CustomStringConvertible {
    /// Where it is mounted.
    package let mountPoint: String
    /// What is mounted: a device, a server's export.
    package let source: String
    /// Which part of it, for bind mounts; else `/`.
    package let root: String
    /// Its type: `ext4`, `nfs4`.
    package let type: String

    /// The file system of a folder, links followed, from `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
    package init(of folder: FilePath) throws(Problem) {
        let path: FilePath
        do { path = try FileSystem.resolved(folder) } catch { throw .refused("examined", path: folder, error) }
        let table = try FileSystem.readText(FilePath("/proc/self/mountinfo"), limit: 64 << 20)
        guard let found = Self(of: path, in: table) else {
            throw .refused("found among the mounts", path: folder, .noDevice)
        }
        self = found
    }

    /// The last entry of the longest mount point above a path.
    init?(of path: FilePath, in table: String) {
        var best: Self?
        for line in table.split(separator: "\n") {
            guard let entry = Self(line: line) else { continue }
            let point = FilePath(entry.mountPoint)
            let isAbove = path.isInside(point)
            if isAbove, entry.mountPoint.utf8.count >= best?.mountPoint.utf8.count ?? 0 { best = entry }
        }
        guard let best else { return nil }
        self = best
    }

    private init?(line: Substring) {
        let fields = line.split(separator: " ").map(Self.unescaped)
        guard fields.count >= 9, let dash = fields.dropFirst(6).firstIndex(of: "-"), fields.count > dash + 2 else { return nil }
        (root, mountPoint, type, source) = (fields[3], fields[4], fields[dash + 1], fields[dash + 2])
    }

    /// `\040` and the like are octal bytes.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let value = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether it is mounted somewhere below the other's mount point.
    package func isMountedBelow(_ other: MountedFileSystem) -> Bool {
        mountPoint != other.mountPoint && FilePath(mountPoint).isInside(FilePath(other.mountPoint))
    }

    /// For people: `/dev/sdb1 at /srv/images`.
    package var description: String { "\(source) at \(mountPoint)" }
}
