import CasePrediction
import Files
import ServiceHost
import SystemPackage

extension ServiceConfiguration {
    /// For people: what the service would do with this configuration, one line each.
    package func description(of check: ConfigurationCheck.Result) -> [String] {
        var lines =
            check.notes + [
                "State directory \(stateDirectory)\(room(at: stateDirectory)): ledger, cases at work, processed input, quarantine.",
                "A case is taken when its files have not changed for \(settle.words); an incomplete one waits \(incompleteAfter.words).",
                "Loaded models may take \(memoryBudget.inBytes) together; "
                    + (threads.map { "\($0) threads compute." } ?? "all processors compute."),
            ]
        lines.append(
            weightCache.map { "Prepared weights are kept in \($0.folder), up to \($0.limit.inBytes)." }
                ?? "Prepared weights are not kept between starts.")
        lines.append(
            logsNames ? "Log and status show what cases are called." : "Log and status show a case by its id, never by its name.")
        for route in routes { lines += description(of: route, check.engines[route.name]) }
        return lines + (check.warnings + folderWarnings).map { "Warning: \($0)" }
    }

    private func description(of route: Route, _ engine: (any CaseEngine)?) -> [String] {
        var lines = [
            "Route \(route.name):", "  takes cases from \(route.inbox) (\(watching(of: route.inbox)))",
            "  publishes to \(route.outbox)/<case>/\(room(at: route.outbox)): <case>.nii.gz, <case>_overlay.png, <case>.json",
        ]
        if route.caseNames == .pseudonym {
            lines.append("  <case> is a random id; \(stateDirectory)/names.tsv says what was dropped")
        }
        if let engine { lines += Self.description(of: engine, minimumSlices: route.minimumSlices) }
        lines.append(
            "  tiles \(route.stepSize) of a patch apart, " + (route.mirroring ? "mirrored as the model was trained" : "not mirrored"))
        if route.nonFiniteVoxels == .zero { lines.append("  voxels that are NaN or infinite count as 0") }
        if let recipe = route.postprocessing {
            lines.append("  postprocessing \(recipe)")
            lines += (engine?.cuts ?? []).map { "    \($0)" }
        }
        return lines
    }

    /// What a case of the engine's is, and its models.
    private static func description(of engine: any CaseEngine, minimumSlices: Int?) -> [String] {
        var lines: [String] = []
        if engine.channelCount == 1 {
            let least = minimumSlices.map { "\($0) or more slices" } ?? "two or more slices; one of a few beside a much longer one is not"
            lines.append("  a case is one NIfTI file or DICOM series (\(words(of: engine.modalities)))")
            lines.append("  a DICOM series is a case with " + least)
        } else {
            lines.append("  a case is \(engine.channelCount) NIfTI files, <case>_0000.nii.gz and so on")
        }
        lines += engine.summary.map { "  model \($0)" }
        if engine.summary.count > 1 { lines.append("  the models' probabilities are averaged") }
        return lines
    }

    /// Inboxes and outboxes that would not be used, and inboxes that can't be watched.
    private var folderWarnings: [String] {
        let register = FolderRegister(stateDirectory: stateDirectory)
        return routes.flatMap { route in
            let unavailable = [route.inbox, route.outbox].compactMap { folder in
                register.trouble(with: folder, requiresMount: route.requiresMount)?.description
            }
            let unwatched = polls(route.inbox) ? nil : FolderWatcher.obstacle(to: FilePath(route.inbox))
            return unavailable
                + [unwatched].compactMap { $0.map { "\(route.inbox) can't be watched and is read regularly instead: \($0)" } }
        }
    }

    /// The modalities that a route takes, and why.
    private static func words(of modalities: DICOMModalities) -> String {
        modalities.words + (modalities.channelName.map { ", as its channel is called \"\($0)\"" } ?? "")
    }

    /// The free space at a folder, in brackets; nothing where it can't be asked.
    private func room(at folder: String) -> String {
        (try? FileSystem.freeBytes(at: FilePath(folder))).map { " (\($0.inBytes) free)" } ?? ""
    }

    /// How an inbox is watched, in words.
    func watching(of inbox: String) -> String {
        guard polls(inbox) else { return "watched through inotify, and read every \(RouteWatch.safety.words) in any case" }
        let reason = if case .shared(let name)? = FileSystemKind(of: inbox), polling == .auto { " because it is on \(name)" } else { "" }
        return "read every \(pollInterval.words)\(reason)"
    }

    /// Whether an inbox is polled.
    func polls(_ inbox: String) -> Bool {
        switch polling {
        case .always: true
        case .never: false
        case .auto: FileSystemKind(of: inbox).map { $0 != .local } ?? true
        }
    }
}

extension Duration {
    /// `20 s`, `10 min`.
    package var words: String {
        let seconds = inSeconds
        if seconds >= 120, seconds.truncatingRemainder(dividingBy: 60) == 0 { return "\(Int(seconds / 60)) min" }
        return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\((seconds * 10).rounded() / 10) s"
    }
}
