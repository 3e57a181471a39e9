import Foundation
import Glibc

/// The memory that this process may have.
enum MachineMemory {
    /// The machine's, or less where a control group limits it, bytes.
    static var bytes: Int {
        let physical = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        return controlGroupLimits.reduce(physical) { min($0, $1) }
    }

    /// The limits of the group that this process is in and of those above it (cgroup v2 `memory.max`).
    private static var controlGroupLimits: [Int] {
        let lines = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8))?.split(separator: "\n") ?? []
        guard let group = lines.first(where: { $0.hasPrefix("0::") })?.dropFirst(3) else { return [] }
        var folder = "/sys/fs/cgroup" + group
        var limits: [Int] = []
        while folder.hasPrefix("/sys/fs/cgroup") {
            let text = try? String(contentsOfFile: folder + "/memory.max", encoding: .utf8)
            if let limit = text.flatMap({ Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) { limits.append(limit) }
            guard let slash = folder.lastIndex(of: "/") else { break }
            folder = String(folder[..<slash])
        }
        return limits
    }
}
