import Files
import Glibc
import SystemPackage

/// What a unit lets its service see and write of the file system (systemd.exec(5), "Sandboxing"). What the machine itself allows is not
/// asked.
package struct UnitSandbox: Sendable {
    /// How the service meets a path, and the line of the unit that says so.
    package enum Access: Sendable, Equatable {
        case writable
        case readOnly(setting: String)
        case hidden(setting: String)
    }

    /// Folders that systemd makes for the service: `StateDirectory=`, `CacheDirectory=` and their like.
    package let madeFolders: [String]
    /// What is never seen, whatever else is said.
    private var sealed: [(path: FilePath, setting: String)] = []
    /// What is replaced by an empty folder, into which `BindPaths=` may bring others back.
    private var covered: [(path: FilePath, setting: String)] = []
    /// What is bound to a place.
    private var bound: [(path: FilePath, access: Access)] = []
    /// What may be written or not, where it is seen; the longest path decides.
    private var rules: [(path: FilePath, access: Access)] = []

    /// Reads a unit's settings.
    package init(_ unit: ServiceUnit) {
        let parents = [
            "StateDirectory": "/var/lib", "CacheDirectory": "/var/cache", "LogsDirectory": "/var/log", "RuntimeDirectory": "/run",
        ]
        madeFolders = parents.sorted { $0.key < $1.key }.flatMap { key, parent in
            unit.words(key).map { "\(parent)/\($0.prefix { $0 != ":" })" }
        }
        readProtection(unit)
        for path in madeFolders { rules.append((Self.resolved(path), .writable)) }
        for (key, isWritable) in [("ReadWritePaths", true), ("ReadOnlyPaths", false)] {
            for path in unit.words(key) {
                rules.append((Self.resolved(path), isWritable ? .writable : .readOnly(setting: "\(key)=\(path)")))
            }
        }
        for path in unit.words("InaccessiblePaths") { sealed.append((Self.resolved(path), "InaccessiblePaths=\(path)")) }
        for path in unit.words("TemporaryFileSystem") {
            covered.append((Self.resolved(String(path.prefix { $0 != ":" })), "TemporaryFileSystem=\(path)"))
        }
        for (key, isWritable) in [("BindPaths", true), ("BindReadOnlyPaths", false)] {
            for path in unit.words(key) {
                let parts = path.split(separator: ":").map(String.init)
                guard let target = parts.count > 1 ? parts[1] : parts.first else { continue }
                bound.append((Self.resolved(target), isWritable ? .writable : .readOnly(setting: "\(key)=\(path)")))
            }
        }
    }

    /// How the service meets a path.
    package func access(to path: String) -> Access {
        let path = Self.resolved(path)
        if let seal = sealed.first(where: { path.isInside($0.path) }) { return .hidden(setting: seal.setting) }
        let binding = bound.filter { path.isInside($0.path) }.max { $0.path.bytes.count < $1.path.bytes.count }
        if let cover = covered.filter({ path.isInside($0.path) }).max(by: { $0.path.bytes.count < $1.path.bytes.count }) {
            guard let binding, binding.path.isInside(cover.path) else { return .hidden(setting: cover.setting) }
            return binding.access
        }
        let longest = (rules + bound).filter { path.isInside($0.path) }.map(\.path.bytes.count).max()
        let deciding = (rules + bound).filter { path.isInside($0.path) && $0.path.bytes.count == longest }
        return deciding.contains { $0.access == .writable } ? .writable : deciding.first?.access ?? .writable
    }

    private mutating func readProtection(_ unit: ServiceUnit) {
        let system = unit.value("ProtectSystem")?.lowercased() ?? "no"
        let systemFolders: [String] =
            switch system {
            case "strict": ["/"]
            case "full": ["/usr", "/boot", "/efi", "/etc"]
            case "yes", "true", "on", "1": ["/usr", "/boot", "/efi"]
            default: []
            }
        for folder in systemFolders { rules.append((FilePath(folder), .readOnly(setting: "ProtectSystem=\(system)"))) }
        let home = unit.value("ProtectHome")?.lowercased() ?? "no"
        for folder in ["/home", "/root", "/run/user"] {
            switch home {
            case "yes", "true", "on", "1": sealed.append((FilePath(folder), "ProtectHome=\(home)"))
            case "tmpfs": covered.append((FilePath(folder), "ProtectHome=tmpfs"))
            case "read-only": rules.append((FilePath(folder), .readOnly(setting: "ProtectHome=read-only")))
            default: break
            }
        }
        if unit.isOn("PrivateTmp") {
            for folder in ["/tmp", "/var/tmp"] { covered.append((FilePath(folder), "PrivateTmp=yes")) }
        }
    }

    /// A path without the marks of a unit's lists, links followed as far as it is there; the root as the empty path.
    private static func resolved(_ path: String) -> FilePath {
        let path = path.drop { "-+".contains($0) }
        let parts = path.split(separator: "/").map(String.init)
        for depth in (0...parts.count).reversed() {
            guard let real = realpath("/" + parts[..<depth].joined(separator: "/"), nil) else { continue }
            defer { free(real) }
            let above = String(cString: real)
            return FilePath(([above == "/" ? "" : above] + parts[depth...]).joined(separator: "/"))
        }
        return FilePath("/" + parts.joined(separator: "/"))
    }
}
