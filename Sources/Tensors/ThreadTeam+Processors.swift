import CKernels
import Glibc

extension ThreadTeam {
    /// The processors this process may use: its affinity mask, cut by the cgroups' CPU quota, at least 1.
    public static var availableProcessors: Int {
        let allowed = Int(ck_affinity_processors())
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
    /// - root: where `/proc/self/cgroup` and `/sys/fs/cgroup` begin.
    package static func current(root: String = "") -> Double? {
        let quotas = lines(of: root + "/proc/self/cgroup").flatMap { line in
            // number:controllers:path; version 2 is 0::path.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [Double]() }
            let controllers = fields[1].split(separator: ",")
            if controllers.contains("cpu") {
                // Mounted by its own name, or together with its companion.
                return ["cpu", String(fields[1])].flatMap { mount in
                    groups(above: fields[2], in: "\(root)/sys/fs/cgroup/\(mount)").compactMap(quotaOfVersion1)
                }
            }
            guard fields[0] == "0", controllers.isEmpty else { return [] }
            return groups(above: fields[2], in: root + "/sys/fs/cgroup").compactMap(quotaOfVersion2)
        }
        return quotas.min()
    }

    /// The folders of a group and of all that contain it. In a container the path may be the host's, of which only the root is seen.
    private static func groups(above path: Substring, in mount: String) -> [String] {
        var parts = path.split(separator: "/").filter { $0 != ".." }
        var folders = [mount]
        while !parts.isEmpty {
            folders.append(([Substring(mount)] + parts).joined(separator: "/"))
            parts.removeLast()
        }
        return folders
    }

    private static func quotaOfVersion2(_ folder: String) -> Double? {
        let fields = lines(of: folder + "/cpu.max").first?.split(separator: " ") ?? []
        guard fields.count == 2 else { return nil }  // "max" in the first field is no number
        return quota(fields[0], period: fields[1])
    }

    private static func quotaOfVersion1(_ folder: String) -> Double? {
        guard let limit = lines(of: folder + "/cpu.cfs_quota_us").first, let period = lines(of: folder + "/cpu.cfs_period_us").first else {
            return nil
        }
        return quota(limit, period: period)  // -1: no limit
    }

    private static func quota(_ limit: Substring, period: Substring) -> Double? {
        guard let limit = Double(limit), let period = Double(period), limit > 0, period > 0 else { return nil }
        return limit / period
    }

    private static func lines(of path: String) -> [Substring] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map { $0 }
    }
}
