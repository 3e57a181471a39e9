import Foundation
import ServiceHost
import TestSupport
import Testing

struct `An installed unit` {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func write(_ path: String, _ text: String) throws {
        let url = URL(filePath: folder.file(path))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private func unit(_ service: String) throws -> ServiceUnit {
        try write("lib/a.service", "[Unit]\nUser=of another section\n[Service]\n" + service)
        return try #require(ServiceUnit("a.service", folders: [folder.file("etc"), folder.file("lib")]))
    }

    private func access(_ path: String, _ service: String) throws -> UnitSandbox.Access {
        UnitSandbox(try unit(service)).access(to: path)
    }

    @Test func `is the first that is found, with the drop-ins of all folders by name`() throws {
        try write("lib/a.service.d/20.conf", "[Service]\nUser=second\n")
        try write("lib/a.service.d/10.conf", "[Service]\nUser=replaced\n")
        try write("etc/a.service.d/10.conf", "[Service]\nUser=first\nReadWritePaths=\nReadWritePaths=/b \"/c d\"\n")
        let unit = try unit("User=main\n# comment\nReadWritePaths=/a\nCacheDirectory=one \\\n two\nLogsDirectory=%p/x\n")
        #expect(unit.value("User") == "second")
        #expect(unit.words("ReadWritePaths") == ["/b", "/c d"])
        #expect(unit.words("CacheDirectory") == ["one", "two"])
        #expect(unit.words("LogsDirectory") == ["a/x"])
        #expect(unit.files == ["lib/a.service", "etc/a.service.d/10.conf", "lib/a.service.d/20.conf"].map(folder.file))
        #expect(ServiceUnit("b.service", folders: [folder.file("lib")]) == nil)
    }

    @Test func `is looked for where systemd is told to`() {
        #expect(ServiceUnit.folders { _ in "/x:/y" } == ["/x", "/y"])
        #expect(ServiceUnit.folders { _ in "/x:" }.starts(with: ["/x", "/etc/systemd/system.control"]))
        #expect(ServiceUnit.folders { _ in nil }.contains("/usr/lib/systemd/system"))
    }

    @Test(arguments: [
        ("ProtectSystem=strict", "/srv/x", UnitSandbox.Access.readOnly(setting: "ProtectSystem=strict")),
        ("ProtectSystem=strict\nReadWritePaths=-/srv", "/srv/x", .writable),
        ("ProtectSystem=strict\nReadWritePaths=-/srv", "/srvx", .readOnly(setting: "ProtectSystem=strict")),
        ("ProtectSystem=strict\nReadWritePaths=/srv\nReadOnlyPaths=/srv/x", "/srv/x/y", .readOnly(setting: "ReadOnlyPaths=/srv/x")),
        ("ProtectSystem=strict\nStateDirectory=a/b:link", "/var/lib/a/b", .writable),
        ("ProtectSystem=full", "/usr/x", .readOnly(setting: "ProtectSystem=full")),
        ("ProtectSystem=full", "/srv/x", .writable), ("", "/srv/x", .writable),
        ("ProtectHome=yes\nReadWritePaths=/run/user/x", "/run/user/x", .hidden(setting: "ProtectHome=yes")),
        ("ProtectHome=tmpfs", "/run/user/x", .hidden(setting: "ProtectHome=tmpfs")),
        ("ProtectHome=tmpfs\nBindPaths=/data:/run/user/x", "/run/user/x", .writable),
        ("ProtectHome=read-only", "/run/user/x", .readOnly(setting: "ProtectHome=read-only")),
        ("ProtectHome=no", "/run/user/x", .writable), ("ProtectHome=yes", "/home", .hidden(setting: "ProtectHome=yes")),
        ("PrivateTmp=yes\nReadWritePaths=/tmp", "/tmp/x", .hidden(setting: "PrivateTmp=yes")), ("PrivateTmp=no", "/tmp/x", .writable),
        ("InaccessiblePaths=/data\nBindPaths=/data/x", "/data/x", .hidden(setting: "InaccessiblePaths=/data")),
        ("TemporaryFileSystem=/data:ro\nBindReadOnlyPaths=/data/x", "/data/x", .readOnly(setting: "BindReadOnlyPaths=/data/x")),
    ])
    func `says how its service meets a path`(service: String, path: String, expected: UnitSandbox.Access) throws {
        #expect(try access(path, service) == expected)
    }

    @Test func `is asked about what a link leads to`() throws {
        try FileManager.default.createDirectory(atPath: folder.file("there"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.file("there"))
        let service = "ProtectSystem=strict\nReadWritePaths=\(folder.file("there"))"
        #expect(try access(folder.file("link/below"), service) == .writable)
    }
}
