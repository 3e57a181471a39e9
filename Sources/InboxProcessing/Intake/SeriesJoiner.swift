import Files
import Ledger
import SystemPackage

/// Joins slices that came later to those of their series that were taken on before, so that no rest of a series becomes a case of its own.
struct SeriesJoiner {
    let assessor: DropAssessor
    let layout: StateLayout
    let ledger: JobLedger
    let route: String

    /// The job that an earlier part of a series was taken on as last; nil where there is none.
    ///
    /// - `ids`: of the jobs of the same Series Instance UID, oldest first.
    func latest(of ids: [String]) throws -> Job? {
        try ids.compactMap { try ledger.job($0) }.last { $0.state != .withdrawn }
    }

    /// Whether an earlier part is recorded, but not yet in the state directory.
    func isBeingTaken(_ job: Job) -> Bool {
        job.state == .admitted || job.state == .failing && ["admit", "claim"].contains(job.refusedAt ?? "")
    }

    /// The plan of a series of which an earlier part was taken on, with that part; the plan itself where nothing is to be joined.
    ///
    /// - `job`: what that part was taken on as.
    /// - `folder`: the first one that was dropped; nil for loose files.
    func join(_ plan: CasePlan, to job: Job, folder: String?) throws -> CasePlan {
        let earlier = EarlierCase(id: job.id, name: job.name, isRefused: job.state == .failing || job.state == .quarantined)
        let images = try job.files.isEmpty ? keptImages(of: earlier) : job.files.filter(\.isImage)
        guard !images.isEmpty else { return forgotten(plan, earlier) }
        var known: [(file: Job.File, path: String)] = []
        for image in images {
            let file = Job.File(path: image.path, facts: image.facts, isImage: true, earlier: image.path)
            guard let path = try layout.kept(file, of: earlier, route: route) else {
                return isWhole(plan, earlierCount: images.count) ? plan : gone(plan, earlier)
            }
            known.append((file, path.shown))
        }
        let arrived = Set(plan.files.compactMap { assessor.recognizer.instanceUID(ofFileAt: assessor.inbox + "/" + $0) })
        let missing = known.filter { !(assessor.recognizer.instanceUID(ofFileAt: $0.path).map(arrived.contains) ?? false) }
        guard !missing.isEmpty else {  // the whole series was sent again
            var plan = plan
            if plan.files.count > known.count { plan.earlier = earlier }
            return plan
        }
        return union(plan, missing, replaced: known.count - missing.count, earlier, folder)
    }

    private func union(
        _ plan: CasePlan, _ missing: [(file: Job.File, path: String)], replaced: Int, _ earlier: EarlierCase, _ folder: String?
    ) -> CasePlan {
        let arrived = plan.files.map { assessor.inbox + "/" + $0 }
        let found = assessor.recognizer.series(
            in: missing.map(\.path) + arrived, folders: folder.map { [$0] } ?? [], below: assessor.inbox,
            minimumSlices: assessor.minimumSlices)
        guard
            let series = found.series.first(where: { series in
                series.paths.contains(arrived[0]) && missing.contains { series.paths.contains($0.path) }
            })
        else { return plan }
        var next = assessor.dicomPlan(series)
        (next.name, next.files, next.companions, next.seriesUIDs) = (plan.name, plan.files, plan.companions, plan.seriesUIDs)
        next.warnings += plan.warnings.filter { $0 != CasePlan.assumption }
        next.warnings.append(
            "\(missing.count) slices of the series had come before, as case \(earlier.name), and are joined by \(plan.files.count) that came later"
                + (replaced > 0 ? ", of which \(replaced) take the place of earlier ones." : ".")
        )
        next.earlier = earlier
        let names = Set(plan.files + plan.companions)
        next.earlierFiles = missing.map(\.file).map { file in
            guard names.contains(file.path) else { return file }
            return Job.File(path: "earlier/" + file.path, facts: file.facts, isImage: true, earlier: file.earlier)
        }
        return next
    }

    /// The images of an earlier case's input, for a ledger that was made anew and no longer knows them; empty where they aren't kept.
    private func keptImages(of earlier: EarlierCase) throws -> [Job.File] {
        for place in layout.places(of: earlier, route: route) where try FileSystem.facts(of: FilePath(place)) != nil {
            let images = try InboxScanner(inbox: FilePath(place)).scan().files.compactMap { file -> Job.File? in
                guard let path = file.path.text, assessor.recognizer.seriesUID(ofFileAt: place + "/" + path) != nil else { return nil }
                return Job.File(path: path, facts: file.facts, isImage: true)
            }
            if !images.isEmpty { return images }
        }
        return []
    }

    /// Whether the files that came say by themselves that they are all.
    private func isWhole(_ plan: CasePlan, earlierCount: Int) -> Bool {
        if case .known = plan.wholeness { plan.refusal == nil } else { plan.files.count >= earlierCount }
    }

    /// The ledger was made anew since the earlier part came, and that part's files are no longer kept.
    private func forgotten(_ plan: CasePlan, _ earlier: EarlierCase) -> CasePlan {
        if case .known = plan.wholeness { return plan }
        var plan = plan
        plan.warnings.append(
            "An earlier part of the series was taken on as case \(earlier.name), and the ledger and that part were lost since; where these files are not the whole series, send it again as a whole."
        )
        return plan
    }

    private func gone(_ plan: CasePlan, _ earlier: EarlierCase) -> CasePlan {
        var plan = plan
        plan.refusal = Refusal(
            what: "an earlier part of the series was taken on as case \(earlier.name), and its input is no longer there",
            advice: "send the whole series again")
        plan.mayBecomeComplete = true
        return plan
    }
}

extension StateLayout {
    /// Where an earlier case's input may lie.
    fileprivate func places(of earlier: EarlierCase, route: String) -> [String] {
        ["\(work)/\(earlier.id)/input", "\(processed(route))/\(earlier.name)", "\(quarantine)/\(earlier.name)/input"]
    }

    /// Where a file of an earlier case's input lies now; nil where it is no longer kept.
    func kept(_ file: Job.File, of earlier: EarlierCase, route: String) throws(Problem) -> FilePath? {
        guard let name = file.earlier else { return nil }
        for place in places(of: earlier, route: route) {
            let path = FilePath("\(place)/\(name)")
            if try FileSystem.facts(of: path)?.size == file.facts.size { return path }
        }
        return nil
    }
}
