import Files
import Glibc
import ServiceHost
import SystemPackage

/// What `--check` knows of the service it speaks for: the installed unit, and the user that the service runs as.
package struct ServiceSurroundings: Sendable {
    /// The installed unit; nil where there is none.
    let unit: ServiceUnit?
    /// Whose permissions count; nil for a user without a name.
    let account: ServiceAccount?
    /// Folders that systemd-tmpfiles(8) makes.
    let temporaryFiles: Set<String>
    /// For people: as whom was checked, and what could not be.
    package private(set) var notes: [String] = []

    /// Whether this process has the service's permissions, so that trying tells what the service will meet.
    var isService: Bool { account?.isCurrent ?? false }

    /// The sandbox of the unit.
    var sandbox: UnitSandbox? { unit.map(UnitSandbox.init) }

    /// What systemd tells the service of the folders it makes for it.
    var environment: [String: String] {
        let folders = unit?.words("CacheDirectory").map { "/var/cache/\($0.prefix { $0 != ":" })" } ?? []
        return folders.isEmpty ? [:] : ["CACHE_DIRECTORY": folders.joined(separator: ":")]
    }

    /// Looks for `nnunetd.service` and, called by root, makes this process the service's user for good.
    package static func become(
        unitFolders: [String] = ServiceUnit.folders(),
        temporaryFilesFolders: [String] = ["/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d"]
    ) -> ServiceSurroundings {
        let made = folders(madeBy: temporaryFilesFolders)
        let current = ServiceAccount.current
        let name = current?.user ?? "user \(geteuid())"
        guard let unit = ServiceUnit("nnunetd.service", folders: unitFolders) else {
            return ServiceSurroundings(
                unit: nil, account: current, temporaryFiles: made,
                notes: ["Checked as \(name); no nnunetd.service is installed, so that nothing is known of its user and its sandbox."])
        }
        let user = unit.value("User") ?? "root"
        guard let account = ServiceAccount(user: user, group: unit.value("Group"), supplementaryGroups: unit.words("SupplementaryGroups"))
        else {
            return ServiceSurroundings(
                unit: unit, account: current, temporaryFiles: made,
                notes: [
                    "Checked as \(name), not as the service's user: there is no user \(user) or its group yet. systemd-sysusers makes those of the unit \(unit.files[0])."
                ])
        }
        if account.isCurrent || geteuid() == 0 && account.become() {
            return ServiceSurroundings(
                unit: unit, account: account, temporaryFiles: made,
                notes: ["Checked as \(user), the user of \(unit.files.joined(separator: ", "))."])
        }
        return ServiceSurroundings(
            unit: unit, account: account, temporaryFiles: made,
            notes: [
                "Checked as \(name), not as \(user), the user of \(unit.files[0]): folders are judged by their modes, models by what \(name) may read. Run the check with sudo to see what the service meets."
            ])
    }

    /// The folders of lines such as `d /srv/nnunetd 0755 root nnunetd -`.
    private static func folders(madeBy configurationFolders: [String]) -> Set<String> {
        var made: Set<String> = []
        for folder in configurationFolders {
            for entry in (try? FileSystem.names(in: FilePath(folder))) ?? [] {
                guard let name = entry.text, name.hasSuffix(".conf"),
                    let text = try? FileSystem.readText(FilePath("\(folder)/\(name)"), limit: 1 << 20)
                else { continue }
                for line in text.split(separator: "\n") {
                    let words = line.split(whereSeparator: \.isWhitespace)
                    if words.count >= 2, "dDvqQ".contains(words[0].prefix(1)) { made.insert(String(words[1])) }
                }
            }
        }
        return made
    }
}
