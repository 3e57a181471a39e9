import Files
import Ledger
import SystemPackage

extension ConfigurationCheck {
    /// What earlier runs left in the state directory must be the service's, too: a run as root leaves what the service can't write to.
    ///
    /// Does nothing where this process has not the service's permissions.
    func checkStateContents(_ root: String) {
        guard surroundings?.isService == true else { return }
        let layout = StateLayout(root: root)
        let files =
            ["", "-wal", "-shm"].map { layout.ledger + $0 }
            + [layout.lock, layout.names, layout.crash, layout.end].map(\.string) + [FolderRegister.file(in: root)]
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
            collector.add("state_directory", "\(Problem.newerVersion(ledger: layout.ledger))")
        }
    }

    private func trouble(with path: String, isFolder: Bool) -> String? {
        let status: FileStatus
        do {
            status = try FileSystem.status(of: FilePath(path))
        } catch {
            return error.isAbsence ? nil : "\(path) can't be examined: \(error)"
        }
        guard (status.facts.kind == .folder) == isFolder else {
            return "\(path) is \(isFolder ? "no folder" : "a folder"); move it away"
        }
        let rights: FileSystem.Rights = isFolder ? [.read, .write, .enter] : [.read, .write]
        guard let reason = FileSystem.obstacle(to: FilePath(path), rights) else { return nil }
        return "\(Self.belonging(path, status)) and can't be read and written by the service (\(reason)), as after a run by another user; "
            + "sudo chown -R \(ownership) \(Self.quoted(configuration.stateDirectory))"
    }
}
