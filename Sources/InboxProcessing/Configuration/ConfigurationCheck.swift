import Files
import Glibc
import SystemPackage
import TOML

/// Checks a configuration against the machine: folders, overlaps, models.
package struct ConfigurationCheck {
    /// What a configuration needs to run.
    package struct Result: Sendable {
        /// By route name.
        package let engines: [String: any CaseEngine]
        /// What isn't as it should be but needn't keep the service from starting.
        package let warnings: [String]
        /// As whom and how was checked, and what will be made at the start.
        package let notes: [String]
    }

    /// A folder that is there, or, for the cache, where it will be.
    struct Folder {
        let key: String
        let path: String
        /// Absolute, links followed.
        let resolved: FilePath
    }

    let configuration: ServiceConfiguration
    /// What the service will run in, for a check ahead of its start; nil at the start itself, where trying tells.
    let surroundings: ServiceSurroundings?
    let collector: ProblemCollector
    /// Which folders were there before.
    let register: FolderRegister
    var folders: [Folder] = []
    var warnings: [String] = []
    var notes: [String]

    private init(_ configuration: ServiceConfiguration, text: String, surroundings: ServiceSurroundings?) {
        self.configuration = configuration
        self.surroundings = surroundings
        notes = surroundings?.notes ?? []
        register = FolderRegister(stateDirectory: configuration.stateDirectory)
        collector = ProblemCollector(source: TOMLSourceMap(text))
    }

    /// Checks everything and opens every model; all problems at once.
    ///
    /// - `surroundings`: what the service will run in, for a check ahead of its start; nil at the start itself and at a reload.
    package static func run(
        _ configuration: ServiceConfiguration, text: String, path: String, factory: any EngineFactory,
        surroundings: ServiceSurroundings? = nil
    ) throws(ConfigurationError) -> Result {
        var check = ConfigurationCheck(configuration, text: text, surroundings: surroundings)
        check.checkFolders()
        check.checkOverlaps()
        check.checkReadOnlyPaths(configurationPath: path)
        let engines = check.makeEngines(factory)
        check.warnOfUnlikelySettings(engines)
        guard check.collector.problems.isEmpty else {
            throw ConfigurationError(path: path, problems: check.collector.problems, notes: check.notes, warnings: check.warnings)
        }
        return Result(engines: engines, warnings: check.warnings, notes: check.notes)
    }

    private mutating func checkFolders() {
        checkFolder("state_directory", configuration.stateDirectory, as: .state)
        checkStateContents(configuration.stateDirectory)
        if let cache = configuration.weightCache { checkCache(cache.folder) }
        for (index, route) in configuration.routes.enumerated() {
            checkFolder("routes[\(index)].inbox", route.inbox, as: .inbox)
            checkFolder("routes[\(index)].outbox", route.outbox, as: .outbox)
        }
    }

    /// What is only read: seen by the service, and not where files are taken for cases.
    private func checkReadOnlyPaths(configurationPath: String) {
        if configurationPath.hasPrefix("/") { checkIsSeen(nil, configurationPath) }
        for (index, route) in configuration.routes.enumerated() {
            let models = route.models.enumerated().map { ("routes[\(index)].models[\($0)].folder", $1.folder) }
            let recipe = route.postprocessing.map { [("routes[\(index)].postprocessing", $0)] } ?? []
            for (key, path) in models + recipe {
                checkIsSeen(key, path)
                for inbox in configuration.routes.map(\.inbox) where FilePath(path).isInside(FilePath(inbox)) {
                    collector.add(key, "\(path) lies inside the inbox \(inbox), where it would be taken for a case; keep it elsewhere")
                }
            }
        }
    }

    /// The cache's folder is made when it is needed; where it will be is known from the folders above it that are there.
    private mutating func checkCache(_ path: String) {
        let parts = path.split(separator: "/")
        for depth in (0...parts.count).reversed() {
            guard let resolved = realpath("/" + parts[..<depth].joined(separator: "/"), nil) else { continue }
            defer { free(resolved) }
            if depth == parts.count { return checkFolder("cache_directory", path, as: .cache) }
            let above = String(cString: resolved)
            let place = ([above == "/" ? "" : above] + parts[depth...].map(String.init)).joined(separator: "/")
            return folders.append(Folder(key: "cache_directory", path: path, resolved: FilePath(place)))
        }
    }

    /// Inboxes, outboxes, the state directory and the cache must lie apart: results would be taken for cases, cases for results.
    private func checkOverlaps() {
        let places = folders.map { Self.identities(from: $0.resolved) }
        for (index, later) in folders.enumerated() {
            for (other, earlier) in folders[..<index].enumerated() {
                let (first, second) = (earlier.resolved, later.resolved)
                // By path, and by what is found on the way up: a folder mounted in two places has two paths.
                let (outer, inner) = (places[other].first ?? nil, places[index].first ?? nil)
                if first == second || outer != nil && outer == inner {
                    collector.add(later.key, "\(later.path) is also \(earlier.key) (\(earlier.path)); give each its own folder")
                } else if second.isInside(first) || outer != nil && places[index].contains(outer) {
                    collector.add(later.key, "\(later.path) lies inside \(earlier.key) (\(earlier.path)); keep them apart")
                } else if first.isInside(second) || inner != nil && places[other].contains(inner) {
                    collector.add(later.key, "\(later.path) contains \(earlier.key) (\(earlier.path)); keep them apart")
                }
            }
        }
    }

    /// The identities of a folder and those above it, without the root; nil for one that is not there yet.
    private static func identities(from path: FilePath) -> [FileIdentity?] {
        var path = path
        var found: [FileIdentity?] = []
        while path.names.count > 0 {
            found.append((try? FileSystem.status(of: path, followingLinks: false))?.identity)
            path = path.parent
        }
        return found
    }

    private func makeEngines(_ factory: any EngineFactory) -> [String: any CaseEngine] {
        var engines: [String: any CaseEngine] = [:]
        for (index, route) in configuration.routes.enumerated() {
            do {
                engines[route.name] = try factory.makeEngine(for: route)
            } catch {
                collector.add("routes[\(index)]" + (error.key.map { ".\($0)" } ?? ""), error.message)
            }
        }
        return engines
    }
}
