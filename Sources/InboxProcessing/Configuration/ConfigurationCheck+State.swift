import Files
import Glibc
import Ledger

extension ConfigurationCheck {
    /// What earlier runs left in the state directory must be the service's, too: a run as root leaves what the service can't write to.
    ///
    /// Does nothing where this process has not the service's permissions.
    func checkStateContents(_ root: String) {
        guard surroundings?.isService == true else { return }
        let layout = StateLayout(root: root)
        let files =
            ["", "-wal", "-shm"].map { layout.ledger + $0 }
            + [layout.lock, layout.names, layout.crash, layout.end].map(\.description) + [FolderRegister.file(in: root)]
        let routes = configuration.routes.map(\.name)
        let folders = [layout.work, layout.quarantine, layout.processed, root + "/intake"] + routes.map(layout.processed)
        let intakes = routes.map(layout.intake)
        let troubles =
            (files + intakes).compactMap { trouble(with: $0, isFolder: false) } + folders.compactMap { trouble(with: $0, isFolder: true) }
        if let first = troubles.first {
            let more = troubles.count > 1 ? " (and \(troubles.count - 1) more like it)" : ""
            collector.add("state_directory", first + more)
        }
        if JobLedger.isOfNewerVersion(layout.ledger) {
            collector.add("state_directory", "\(LedgerProblem.newerVersion(layout.ledger))")
        }
    }

    private func trouble(with path: String, isFolder: Bool) -> String? {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return errno == ENOENT ? nil : "\(path) can't be examined: \(SystemError(errno))" }
        guard (facts.st_mode & S_IFMT == S_IFDIR) == isFolder else {
            return "\(path) is \(isFolder ? "no folder" : "a folder"); move it away"
        }
        guard access(path, R_OK | W_OK | (isFolder ? X_OK : 0)) != 0 else { return nil }
        let reason = SystemError(errno).description
        return "\(Self.belonging(path, facts)) and can't be read and written by the service (\(reason)), as after a run by another user; "
            + "sudo chown -R \(ownership) \(Self.quoted(configuration.stateDirectory))"
    }
}
