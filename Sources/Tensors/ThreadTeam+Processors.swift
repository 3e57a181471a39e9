import CKernels
import Glibc

extension ThreadTeam {
    /// The processors this process may use: its affinity mask, cut by the cgroup's CPU quota, at least 1.
    public static var availableProcessors: Int {
        let allowed = Int(ck_affinity_processors())
        guard let quota = cgroupQuota() else { return max(1, allowed) }
        return max(1, min(allowed, Int(quota.rounded(.up))))
    }

    /// `quota / period` of the innermost cgroup (version 2) that limits this process; nil where nothing does.
    private static func cgroupQuota() -> Double? {
        guard let own = firstLine(of: "/proc/self/cgroup"), let path = own.split(separator: ":", omittingEmptySubsequences: false).last
        else {
            return nil
        }
        var parts = path.split(separator: "/")
        var quota: Double?
        while true {
            let file = (["/sys/fs/cgroup"] + parts.map(String.init) + ["cpu.max"]).joined(separator: "/")
            if let fields = firstLine(of: file)?.split(separator: " "), fields.count == 2, let limit = Double(fields[0]),
                let period = Double(fields[1]), period > 0
            {
                quota = min(quota ?? .infinity, limit / period)
            }
            guard parts.popLast() != nil else { return quota }
        }
    }

    private static func firstLine(of path: String) -> Substring? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 4096)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        return String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).first
    }
}
