import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct ProcessorQuotaTests {
    /// The quota that a folder with these files says.
    private func quota(_ files: [String: String]) throws -> Double? {
        let folder = try TemporaryFolder()
        for (path, text) in files {
            let url = URL(filePath: folder.path + path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        return ProcessorQuota.current(root: folder.path)
    }

    @Test func `the tightest group of version 2 counts`() throws {
        let groups = [
            "/proc/self/cgroup": "0::/system.slice/nnunetd.service\n",
            "/sys/fs/cgroup/system.slice/cpu.max": "150000 100000\n",
            "/sys/fs/cgroup/system.slice/nnunetd.service/cpu.max": "max 100000\n",
        ]
        #expect(try quota(groups) == 1.5)
    }

    @Test func `a container sees its group at the root`() throws {
        #expect(try quota(["/proc/self/cgroup": "0::/../../kubepods/x\n", "/sys/fs/cgroup/cpu.max": "400000 100000\n"]) == 4)
    }

    @Test(arguments: ["cpu", "cpu,cpuacct"])
    func `version 1 is read where the cpu controller is mounted`(mount: String) throws {
        let groups = [
            "/proc/self/cgroup": "5:memory:/a\n4:cpu,cpuacct:/a/b\n0::/ignored\n",
            "/sys/fs/cgroup/\(mount)/a/cpu.cfs_quota_us": "300000\n",
            "/sys/fs/cgroup/\(mount)/a/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/\(mount)/a/b/cpu.cfs_quota_us": "-1\n",
            "/sys/fs/cgroup/\(mount)/a/b/cpu.cfs_period_us": "100000\n",
        ]
        #expect(try quota(groups) == 3)
    }

    @Test(arguments: ["", "0::/\n", "nonsense\n", "0::/a\n4:cpu\n"])
    func `nothing that limits is no quota`(text: String) throws {
        #expect(try quota(["/proc/self/cgroup": text, "/sys/fs/cgroup/cpu.max": "max 100000\n"]) == nil)
        #expect(try quota(["/proc/self/cgroup": text, "/sys/fs/cgroup/cpu.max": "0 100000\n"]) == nil)
    }

    @Test func `no files are no quota`() throws {
        #expect(try quota([:]) == nil)
    }
}
