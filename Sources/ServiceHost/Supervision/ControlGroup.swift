import Files
import Glibc
import SystemPackage

/// A control group (version 2) of this machine.
package struct ControlGroup: Sendable {
    /// Below `/sys/fs/cgroup`, absolute.
    let path: String

    /// This process's group; nil where there is none to be seen.
    package static var own: ControlGroup? {
        guard let text = text("/proc/self/cgroup") else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("0::") }
        return line.map { ControlGroup(path: "/sys/fs/cgroup" + ($0.dropFirst(3) == "/" ? "" : $0.dropFirst(3))) }
    }

    /// A number of one of the group's files.
    package func number(_ key: String, in file: String) -> Int? { Self.number(key, in: Self.text(path + "/" + file)) }

    /// The number after a key at a line's start.
    package static func number(_ key: String, in text: String?) -> Int? {
        let line = text?.split(separator: "\n").first { $0.hasPrefix(key + " ") }
        return line.flatMap { Int($0.dropFirst(key.count + 1)) }
    }

    private static func text(_ path: String) -> String? {
        do { return try FileSystem.readText(FilePath(path), limit: 1 << 20) } catch { return nil }  // hidden by a sandbox: not known
    }
}
