import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct MemoryLimitTests {
    /// The limit that a folder with these files says.
    private func limit(_ files: [String: String]) throws -> Int? {
        let folder = try TemporaryFolder()
        for (path, text) in files {
            let url = URL(filePath: folder.path + path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        return MemoryLimit.ofGroups(root: folder.path)
    }

    @Test func `the tightest group of version 2 counts`() throws {
        let groups = [
            "/proc/self/cgroup": "0::/system.slice/nnunetd.service\n",
            "/sys/fs/cgroup/system.slice/memory.max": "8589934592\n",
            "/sys/fs/cgroup/system.slice/nnunetd.service/memory.max": "max\n",
        ]
        #expect(try limit(groups) == 8 << 30)
    }

    @Test func `version 1 is read where the memory controller is mounted`() throws {
        let groups = [
            "/proc/self/cgroup": "5:memory:/a\n4:cpu,cpuacct:/a/b\n",
            "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "4294967296\n",
        ]
        #expect(try limit(groups) == 4 << 30)
    }

    @Test func `there is none where no group sets one`() throws {
        #expect(try limit(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "max\n"]) == nil)
        #expect(MemoryLimit.current > 0)
    }
}
