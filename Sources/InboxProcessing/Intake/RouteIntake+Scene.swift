import Files
import SystemPackage

/// What an intake sees around the drops, and what it must not forget.
extension RouteIntake {
    /// Says what is left alone, and which transfers must have died.
    func speak(of snapshot: InboxSnapshot, at now: ContinuousClock.Instant) {
        for ignored in snapshot.ignored + snapshot.unreadable {
            sayIgnored(ignored.path, ignored.reason, inode: ignored.inode)
        }
        for path in transfers.leftovers(at: now) {
            sayIgnored(
                path, "has the name of an unfinished transfer and has not changed for an hour; rename it if it is whole, or remove it")
        }
    }

    private func sayIgnored(_ path: FilePath, _ reason: String, inode: UInt64? = nil) {
        let path = path.shown
        driver.events.record(.inbox(.ignored(path, inode: inode)), route: context.route.name, cause: reason, names: [path])
    }

    /// A drop stays in the inbox for a reason that is not what it holds.
    func sayHeld(_ drop: Drop, _ reason: String) {
        let others = drop.beside + drop.unfinished
        let names = [drop.title] + (drop.files + others).map(\.path.shown) + drop.unreadable.map(\.path.shown)
        driver.events.record(.inbox(.held(drop.title)), route: context.route.name, step: "settle", cause: reason, names: names)
    }

    /// A case waits in the inbox for what is missing, under the id that its job will have.
    func sayIncomplete(_ plan: CasePlan, left: Duration) throws {
        let id = try driver.ledger.waitingID(of: plan.name, path: plan.files.first ?? "", route: context.route.name)
        driver.events.record(
            ServiceEvent(
                .trouble(.incomplete(left: left)), about: .init(id: id, name: plan.name, publishedName: plan.name),
                route: context.route.name, step: "settle", cause: plan.refusal?.sentence ?? "",
                names: [plan.name] + plan.files + plan.companions))
    }

    mutating func group(_ snapshot: InboxSnapshot, _ isCancelled: () -> Bool) -> [Drop] {
        var known = headers
        let drops = Drop.group(snapshot) { file in
            if let uid = known[file] { return uid }
            guard !isCancelled() else { return nil }
            let uid = recognizer.seriesUID(ofFileAt: context.route.inbox + "/" + (file.path.text ?? ""))
            known[file] = .some(uid)
            return uid
        }
        let present = Set(snapshot.files)
        headers = known.filter { present.contains($0.key) }
        let identities = Set(drops.map(\.identity))
        incomplete = incomplete.filter { identities.contains($0.key) }
        waitingNames = waitingNames.filter { identities.contains($0.key) }
        busySince = busySince.filter { identities.contains($0.key) }
        return drops
    }

    /// What is known of writers: what the watcher sees, and those that were at work when they were last heard of and not seen closing since.
    mutating func observeWriters(_ snapshot: InboxSnapshot) throws -> DropUse {
        let seen = activity(inbox)
        let present = Set(snapshot.files.map { inbox.appending($0.path) })
        let earlier = (memory?.writers ?? []).map { inbox.appending(FilePath(shown: $0)) }.filter { path in
            present.contains(path) && !seen.closed.contains(path) && probe(path) != .closed
        }
        let writing = seen.writing.intersection(present).union(earlier)
        let start = inbox.bytes.count + 1
        let writers = writing.map { FilePath(bytes: $0.bytes.dropFirst(start)).shown }.sorted()
        memory?.writers = writers
        return DropUse(inbox: inbox, writing: writing, closed: seen.closed, probe: probe)
    }

    /// Files of jobs that are recorded but not yet gone from the inbox are no new drop, as long as they are the same files.
    func withoutKnownFiles(_ snapshot: InboxSnapshot) throws -> InboxSnapshot {
        var known: [FilePath: FileFacts] = [:]
        for job in try driver.ledger.unreleased(route: context.route.name) where job.inbox == context.route.inbox {
            for file in job.files where file.earlier == nil { known[FilePath(file.path)] = file.facts }
        }
        guard !known.isEmpty else { return snapshot }
        var snapshot = snapshot
        snapshot.files.removeAll { known[$0.path]?.isUnchanged($0.facts) ?? false }
        return snapshot
    }

    /// Opening a file makes a network file system ask its server anew, so facts from its cache show up here.
    func isUnchanged(_ drop: Drop) -> Bool {
        drop.files.allSatisfy { file in
            guard let facts = try? FileSystem.facts(of: inbox.appending(file.path)) else { return false }
            return facts == file.facts
        }
    }

    var memoryPath: FilePath { FilePath(driver.steps.layout.intake(context.route.name)) }

    mutating func recall() throws {
        guard memory == nil else { return }
        let read = try IntakeMemory.read(memoryPath)
        emptied = EmptiedFolders(Set(read.emptied.map(FilePath.init(shown:))), inbox: inbox, settle: times.settle)
        memory = read
        kept = read
    }

    /// Writes what must not be forgotten, where it has changed.
    mutating func remember() throws {
        memory?.emptied = emptied.folders.map(\.shown).sorted()
        guard let memory, memory != kept else { return }
        try memory.write(to: memoryPath)
        kept = memory
    }

    /// Gives the first component that is no plain text a name that is, so that every later path is text.
    func renameToText(_ path: FilePath) {
        var folder = inbox
        for component in path.names {
            guard component.text == nil else {
                folder = folder.appending(component)
                continue
            }
            let name = FilePath(String(component.shown.prefix(200)))
            do {
                try FileSystem.renameWithoutReplacing(folder.appending(component), to: folder.appending(name))
            } catch {
                sayIgnored(component, "has a name that is no valid text and can't be renamed: \(error.reason)")
            }
            return
        }
    }
}
