import Files
import Glibc
import ServiceHost
import SystemPackage

extension ConfigurationCheck {
    /// What a folder is to the service.
    enum FolderRole {
        case state, cache, inbox, outbox

        /// The mode that suits it.
        var mode: String {
            switch self {
            case .state, .cache: "0750"
            case .inbox: "2770"  // senders are of the group, and so are their files
            case .outbox: "2750"
            }
        }

        /// What the service does while it can't write there; nil where it does not start.
        var otherwise: String? {
            switch self {
            case .state, .inbox: nil
            case .outbox: "cases wait"
            case .cache: "every start packs the weights"
            }
        }

        /// What the service does while the folder doesn't answer, or is away with its disk; nil where it does not start.
        var whileAway: String? { self == .inbox ? "cases are not taken" : otherwise }
    }

    /// A folder that must be there, readable and writable for the service.
    mutating func checkFolder(_ key: String, _ path: String, as role: FolderRole) {
        let status: FileStatus
        do {
            status = try FileSystem.status(of: FilePath(path))
        } catch {
            return noteMissing(key, path, as: role, error)
        }
        guard status.facts.kind == .folder else { return collector.add(key, "\(path) is not a folder") }
        if checkSandbox(key, path, as: role) { checkPermission(key, path, as: role, status) }
        if surroundings != nil { checkRoom(key, path) }
        guard let resolved = try? FileSystem.resolved(FilePath(path)) else { return }
        folders.append(Folder(key: key, path: path, resolved: resolved))
    }

    /// A file or folder that the service only reads: the sandbox must show it. What reads it says whether it can be read.
    func checkIsSeen(_ key: String?, _ path: String) {
        if case .hidden(let setting)? = surroundings?.sandbox?.access(to: path) { collector.add(key, Self.hidden(path, setting)) }
    }

    private mutating func noteMissing(_ key: String, _ path: String, as role: FolderRole, _ cause: SystemError) {
        if surroundings == nil, let whileAway = role.whileAway {
            if cause.isNoAnswer {
                return noteAway(key, path, "does not answer (\(cause)); until it does \(whileAway)")
            }
            if cause.isAbsence, register.knows(path) {
                return noteAway(key, path, "was there before and is away; until its disk is mounted again \(whileAway)")
            }
        }
        guard cause.isAbsence else {
            let message = "\(path) can't be examined\(Self.closedFolder(above: path)): \(cause)"
            if let surroundings, !surroundings.isService {
                warnings.append("\(key): \(message); run the check with sudo")
            } else {
                collector.add(key, "\(message); let the service's user in")
            }
            return
        }
        if surroundings?.sandbox?.madeFolders.contains(path) == true {
            notes.append("\(key): systemd makes \(path) when it starts the service.")
        } else if surroundings?.temporaryFiles.contains(path) == true {
            warnings.append("\(key): there is no folder \(path) yet; sudo systemd-tmpfiles --create makes it")
        } else if checkSandbox(key, path, as: role) {
            collector.add(key, "there is no folder \(path); make it: \(install(path, role))")
        }
    }

    private mutating func noteAway(_ key: String, _ path: String, _ message: String) {
        warnings.append("\(key): \(path) \(message)")
        folders.append(Folder(key: key, path: path, resolved: FilePath(path)))
    }

    /// What the unit's sandbox makes of a folder to be written to; false where it is in the way.
    private mutating func checkSandbox(_ key: String, _ path: String, as role: FolderRole) -> Bool {
        switch surroundings?.sandbox?.access(to: path) {
        case .hidden(let setting)?:
            collector.add(key, Self.hidden(path, setting))
        case .readOnly(let setting)?:
            collector.add(
                key,
                "\(setting) of the unit keeps the service from writing to \(path); run sudo systemctl edit nnunetd and add the lines [Service] and ReadWritePaths=\(Self.quoted(path))"
            )
        case .writable?, nil: return true
        }
        return false
    }

    private static func hidden(_ path: String, _ setting: String) -> String {
        "\(setting) of the unit hides \(path) from the service; take a folder elsewhere, such as below /srv"
            + (setting.hasPrefix("ProtectHome")
                ? ", or run sudo systemctl edit nnunetd and add the lines [Service], ProtectHome=tmpfs and BindPaths=\(quoted(path))" : "")
    }

    private mutating func checkPermission(_ key: String, _ path: String, as role: FolderRole, _ status: FileStatus) {
        if let surroundings, !surroundings.isService {
            if let account = surroundings.account, !account.mayUse(status) {
                warnings.append(
                    "\(key): \(Self.belonging(path, status)), so that \(account.user) can't read and write it: \(install(path, role))")
            }
            return
        }
        var reason = FileSystem.obstacle(to: FilePath(path), [.read, .write, .enter])
        if reason == nil, surroundings != nil { reason = FileSystem.obstacleToWriting(in: FilePath(path)) }
        guard let reason else { return }
        let advice =
            if reason.isReadOnly {
                "mount it for writing, or, where the unit's sandbox makes it so, add ReadWritePaths=\(Self.quoted(path)) with systemctl edit"
            } else if reason.isFull {
                "make room there"
            } else {
                "\(Self.belonging(path, status)); make it the service's: \(install(path, role)), or keep its owner and let the service in: sudo setfacl -m u:\(account):rwx \(Self.quoted(path))"
            }
        if surroundings == nil, reason.isNoAnswer, let whileAway = role.whileAway {
            warnings.append("\(key): \(path) does not answer (\(reason)); until it does \(whileAway)")
            return
        }
        let message = "\(path) can't be read and written by \(account) (\(reason)); \(advice)"
        if let otherwise = role.otherwise, surroundings == nil || role == .cache {
            warnings.append("\(key): \(message); until then \(otherwise)")
        } else {
            collector.add(key, message)
        }
    }

    private mutating func checkRoom(_ key: String, _ path: String) {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return }
        if let free = try? FileSystem.freeBytes(at: FilePath(path)), free < 1 << 30 {
            warnings.append("\(key): only \(free >> 20) MiB are free at \(path); cases and results need more")
        }
        if facts.f_files > 0, facts.f_favail == 0 {
            warnings.append("\(key): no more files can be made at \(path); its file system has no free inodes")
        }
    }

    /// The folder on the way that keeps this process out, in words.
    private static func closedFolder(above path: String) -> String {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/" + part
            guard FileSystem.obstacle(to: FilePath(folder), .enter) != nil, let status = try? FileSystem.status(of: FilePath(folder)) else {
                continue
            }
            return ", \(belonging(folder, status))"
        }
        return ""
    }

    /// `/srv/a belongs to root:root with mode 0755`
    static func belonging(_ path: String, _ status: FileStatus) -> String {
        let owner = getpwuid(status.owner).map { String(cString: $0.pointee.pw_name) } ?? "\(status.owner)"
        let group = getgrgid(status.group).map { String(cString: $0.pointee.gr_name) } ?? "\(status.group)"
        let mode = String(status.permissions, radix: 8)
        return "\(path) belongs to \(owner):\(group) with mode \(String(repeating: "0", count: max(0, 4 - mode.count)))\(mode)"
    }

    /// The service's user, or the one who runs this.
    private var account: String { owner?.user ?? "\(geteuid())" }
    private var owner: ServiceAccount? { surroundings?.account ?? ServiceAccount.current }

    /// The service's user and group, as chown takes them.
    var ownership: String { "\(account):\(owner?.group ?? "\(getegid())")" }

    /// The command that makes a folder, or gives one that is there to the service.
    private func install(_ path: String, _ role: FolderRole) -> String {
        "sudo install -d -o \(account) -g \(owner?.group ?? "\(getegid())") -m \(role.mode) \(Self.quoted(path))"
    }

    /// A path as a shell and a unit take it.
    static func quoted(_ path: String) -> String {
        path.utf8.allSatisfy { $0 > 0x7F || isalnum(Int32($0)) != 0 || "/._-+,:@%".utf8.contains($0) } ? path : "\"\(path)\""
    }
}
