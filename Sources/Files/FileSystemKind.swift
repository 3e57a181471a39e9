import CLinux
import Glibc

/// Whether changes of a file system all come from this machine's kernel, so that inotify sees them.
package enum FileSystemKind: Sendable, Equatable {
    /// Only this machine writes to it.
    case local
    /// Others may write to it unseen: NFS, SMB, FUSE, cluster file systems. The word is for people.
    case shared(String)

    /// The kind of the file system a path lies on; nil when the path can't be asked.
    package init?(of path: String) {
        var facts = statfs()
        guard statfs(path, &facts) == 0 else { return nil }
        self.init(magic: UInt32(truncatingIfNeeded: facts.f_type))
    }

    /// The kind of the file system an open file lies on; nil when it can't be asked.
    init?(of file: OpenFile) {
        var facts = statfs()
        guard fstatfs(file.descriptor, &facts) == 0 else { return nil }
        self.init(magic: UInt32(truncatingIfNeeded: facts.f_type))
    }

    /// The kind for a magic number of `statfs(2)`.
    package init(magic: UInt32) {
        self = Self.names[magic].map(FileSystemKind.shared) ?? .local
    }

    private static let names: [UInt32: String] = [
        0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "SMB", 0xFE53_4D42: "SMB", 0x6573_5546: "FUSE", 0x0102_1997: "9P",
        0x00C3_6400: "Ceph", 0x5346_414F: "AFS", 0x6B41_4653: "AFS", 0x7375_7245: "Coda", 0x0BD0_0BD0: "Lustre",
        0x4750_4653: "GPFS", 0x1983_0326: "BeeGFS", 0x0116_1970: "GFS2", 0x7461_636F: "OCFS2", 0x786F_4256: "VirtualBox share",
        0xBACB_ACBC: "VMware share", 0x2003_0528: "OrangeFS",
    ]
}
