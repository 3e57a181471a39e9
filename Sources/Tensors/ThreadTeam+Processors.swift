import CMachine
import Glibc

extension ThreadTeam {
    /// The processors this process may use: its affinity mask, cut by the cgroups' CPU quota, at least 1.
    package static var availableProcessors: Int {
        let allowed = Int(cm_affinity_processors())
        guard let quota = ProcessorQuota.current() else { return max(1, allowed) }
        return max(1, min(allowed, Int(quota.rounded(.up))))
    }
}

/// The share of processors the kernel's control groups leave to this process.
package enum ProcessorQuota {
    /// The least of the quotas of the process's cgroup and of those around it, in processors; nil where nothing limits it.
    ///
    /// Reads version 2 (`cpu.max`) and version 1 (`cpu.cfs_quota_us`, `cpu.cfs_period_us` of the controller `cpu`).
    ///
    /// - Parameter root: where `/proc/self/cgroup` and `/sys/fs/cgroup` begin.
    /// - Returns: processors, fractions included.
    package static func current(root: String = "") -> Double? {
        let quotas = ControlGroups.own(root: root).flatMap { group -> [Double] in
            if group.controllers.contains("cpu") {
                // Mounted by its own name, or together with its companion.
                return ["cpu", group.controllers.joined(separator: ",")].flatMap { mount in
                    ControlGroups.folders(above: group.path, in: "\(root)/sys/fs/cgroup/\(mount)").compactMap(quotaOfVersion1)
                }
            }
            guard group.controllers.isEmpty else { return [] }
            return ControlGroups.folders(above: group.path, in: root + "/sys/fs/cgroup").compactMap(quotaOfVersion2)
        }
        return quotas.min()
    }

    private static func quotaOfVersion2(_ folder: String) -> Double? {
        let fields = ControlGroups.lines(of: folder + "/cpu.max").first?.split(separator: " ") ?? []
        guard fields.count == 2 else { return nil }  // "max" in the first field is no number
        return quota(fields[0], period: fields[1])
    }

    private static func quotaOfVersion1(_ folder: String) -> Double? {
        guard let limit = ControlGroups.lines(of: folder + "/cpu.cfs_quota_us").first,
            let period = ControlGroups.lines(of: folder + "/cpu.cfs_period_us").first
        else {
            return nil
        }
        return quota(limit, period: period)  // -1: no limit
    }

    private static func quota(_ limit: Substring, period: Substring) -> Double? {
        guard let limit = Double(limit), let period = Double(period), limit > 0, period > 0 else { return nil }
        return limit / period
    }
}
