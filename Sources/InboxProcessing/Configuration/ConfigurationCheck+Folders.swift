import Files
import Glibc
import ServiceHost

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
        var facts = stat()
        guard stat(path, &facts) == 0 else { return noteMissing(key, path, as: role, code: errno) }
        guard facts.st_mode & S_IFMT == S_IFDIR else { return collector.add(key, "\(path) is not a folder") }
        if checkSandbox(key, path, as: role) { checkPermission(key, path, as: role, facts) }
        if surroundings != nil { checkRoom(key, path) }
        guard let resolved = realpath(path, nil) else { return }
        folders.append(Folder(key: key, path: path, resolved: RawPath(String(cString: resolved))))
        free(resolved)
    }

    /// A file or folder that the service only reads: the sandbox must show it. What reads it says whether it can be read.
    func checkIsSeen(_ key: String?, _ path: String) {
        if case .hidden(let setting)? = surroundings?.sandbox?.access(to: path) { collector.add(key, Self.hidden(path, setting)) }
    }

    private mutating func noteMissing(_ key: String, _ path: String, as role: FolderRole, code: Int32) {
        if surroundings == nil, let whileAway = role.whileAway {
            if Self.isNoAnswer(code) {
                return noteAway(key, path, "does not answer (\(SystemError(code))); until it does \(whileAway)")
            }
            if code == ENOENT, register.knows(path) {
                return noteAway(key, path, "was there before and is away; until its disk is mounted again \(whileAway)")
            }
        }
        guard code == ENOENT else {
            let message = "\(path) can't be examined\(Self.closedFolder(above: path)): \(SystemError(code))"
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
        folders.append(Folder(key: key, path: path, resolved: RawPath(path)))
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

    private mutating func checkPermission(_ key: String, _ path: String, as role: FolderRole, _ facts: stat) {
        if let surroundings, !surroundings.isService {
            if let account = surroundings.account, !account.mayUse(facts) {
                warnings.append(
                    "\(key): \(Self.belonging(path, facts)), so that \(account.user) can't read and write it: \(install(path, role))")
            }
            return
        }
        var reason = access(path, R_OK | W_OK | X_OK) == 0 ? nil : errno
        if reason == nil, surroundings != nil { reason = Self.trialWrite(in: path) }
        guard let reason else { return }
        let advice =
            switch reason {
            case EROFS:
                "mount it for writing, or, where the unit's sandbox makes it so, add ReadWritePaths=\(Self.quoted(path)) with systemctl edit"
            case ENOSPC, EDQUOT: "make room there"
            default:
                "\(Self.belonging(path, facts)); make it the service's: \(install(path, role)), or keep its owner and let the service in: sudo setfacl -m u:\(account):rwx \(Self.quoted(path))"
            }
        if surroundings == nil, Self.isNoAnswer(reason), let whileAway = role.whileAway {
            warnings.append("\(key): \(path) does not answer (\(SystemError(reason))); until it does \(whileAway)")
            return
        }
        let message = "\(path) can't be read and written by \(account) (\(SystemError(reason))); \(advice)"
        if let otherwise = role.otherwise, surroundings == nil || role == .cache {
            warnings.append("\(key): \(message); until then \(otherwise)")
        } else {
            collector.add(key, message)
        }
    }

    /// Whether an error says nothing of a folder but that it can't be asked now: a share that is down, a disk that fails. The others are
    /// answers, and stay until somebody mends what they name.
    private static func isNoAnswer(_ code: Int32) -> Bool {
        ![
            ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG, EINVAL, EROFS, ENOSPC, EDQUOT,
        ].contains(code)
    }

    /// Writes a block to a file without a name in the folder; the error that keeps it from that, or nil.
    private static func trialWrite(in folder: String) -> Int32? {
        var file = open(folder, O_WRONLY | linuxTemporaryFile | O_CLOEXEC, 0o600)
        if file < 0, errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT {  // shares and old kernels
            let path = "\(folder)/.nnunetd-check-\(getpid())"
            file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            if file >= 0 { unlink(path) }
        }
        guard file >= 0 else { return errno }
        defer { close(file) }
        let block = [UInt8](repeating: 0, count: 4096)
        return write(file, block, block.count) == block.count && fsync(file) == 0 ? nil : errno
    }

    /// `O_TMPFILE`, which Swift does not import.
    private static let linuxTemporaryFile: Int32 = 0o20_000_000 | O_DIRECTORY

    private mutating func checkRoom(_ key: String, _ path: String) {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return }
        if let free = try? FileSystem.freeBytes(at: RawPath(path)), free < 1 << 30 {
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
            var facts = stat()
            if access(folder, X_OK) != 0, stat(folder, &facts) == 0 { return ", \(belonging(folder, facts))" }
        }
        return ""
    }

    /// `/srv/a belongs to root:root with mode 0755`
    static func belonging(_ path: String, _ facts: stat) -> String {
        let owner = getpwuid(facts.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "\(facts.st_uid)"
        let group = getgrgid(facts.st_gid).map { String(cString: $0.pointee.gr_name) } ?? "\(facts.st_gid)"
        let mode = String(facts.st_mode & 0o7777, radix: 8)
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
