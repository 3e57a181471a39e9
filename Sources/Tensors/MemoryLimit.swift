import Glibc

/// The memory this process may use.
package enum MemoryLimit {
    /// Bytes: the machine's memory, cut by the least limit of the process's control group and of those around it.
    package static var current: Int { Swift.min(machine, ofGroups() ?? .max) }

    /// Bytes of memory that this process has written to and holds; 0 where the kernel doesn't say.
    package static var held: Int {
        let line = ControlGroups.lines(of: "/proc/self/status").first { $0.hasPrefix("RssAnon:") }
        let number = line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) }
        return (number ?? 0) * 1024
    }

    /// Bytes of memory this machine has.
    static let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))

    /// The least limit of the groups, bytes; nil where nothing limits them.
    ///
    /// Reads version 2 (`memory.max`) and version 1 (`memory.limit_in_bytes` of the controller `memory`).
    ///
    /// - Parameter root: where `/proc/self/cgroup` and `/sys/fs/cgroup` begin.
    /// - Returns: bytes.
    package static func ofGroups(root: String = "") -> Int? {
        let limits = ControlGroups.own(root: root).flatMap { group -> [Int] in
            let isVersion1 = group.controllers.contains("memory")
            guard isVersion1 || group.controllers.isEmpty else { return [] }
            let mount = root + "/sys/fs/cgroup" + (isVersion1 ? "/memory" : "")
            let file = isVersion1 ? "memory.limit_in_bytes" : "memory.max"
            // "max" is no number: no limit.
            return ControlGroups.folders(above: group.path, in: mount).compactMap { folder in
                ControlGroups.lines(of: "\(folder)/\(file)").first.flatMap { Int($0) }
            }
        }
        return limits.min()
    }
}
