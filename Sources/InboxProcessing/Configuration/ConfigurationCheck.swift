import Glibc
import ServiceHost

/// Checks a configuration against the machine: folders, overlaps, models.
package struct ConfigurationCheck {
    /// What a configuration needs to run.
    package struct Result: Sendable {
        /// By route name.
        package let engines: [String: any CaseEngine]
        /// What isn't as it should be but needn't keep the service from starting.
        package let warnings: [String]
    }

    private let configuration: ServiceConfiguration
    private let collector: ProblemCollector
    private var folders: [(key: String, path: String, resolved: String)] = []
    private var warnings: [String] = []

    private init(_ configuration: ServiceConfiguration, text: String) {
        self.configuration = configuration
        collector = ProblemCollector(source: TOMLSourceMap(text))
    }

    /// Checks everything and opens every model; all problems at once.
    package static func run(
        _ configuration: ServiceConfiguration, text: String, path: String, factory: any EngineFactory
    ) throws(ConfigurationError) -> Result {
        var check = ConfigurationCheck(configuration, text: text)
        check.checkFolders()
        check.checkOverlaps()
        let engines = check.makeEngines(factory)
        guard check.collector.problems.isEmpty else { throw ConfigurationError(path: path, problems: check.collector.problems) }
        return Result(engines: engines, warnings: check.warnings)
    }

    private mutating func checkFolders() {
        checkFolder("state_directory", configuration.stateDirectory, otherwise: nil)
        if let cache = configuration.weightCache { checkCache(cache.folder) }
        for (index, route) in configuration.routes.enumerated() {
            checkFolder("routes[\(index)].inbox", route.inbox, otherwise: nil)
            checkFolder("routes[\(index)].outbox", route.outbox, otherwise: "cases wait")
        }
    }

    /// - otherwise: what happens while the folder can't be written; nil where nothing can go on.
    private mutating func checkFolder(_ key: String, _ path: String, otherwise: String?) {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            let reason = errno == ENOENT ? "there is no folder \(path); make it" : "\(path) can't be examined: \(systemMessage(errno))"
            return collector.add(key, reason)
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else { return collector.add(key, "\(path) is not a folder") }
        if access(path, R_OK | W_OK | X_OK) != 0 {
            let message = "\(path) can't be read and written by this user (\(systemMessage(errno))); give it permission"
            if let otherwise { warnings.append("\(key): \(message); until then \(otherwise)") } else { collector.add(key, message) }
        }
        guard let resolved = realpath(path, nil) else { return }
        folders.append((key, path, String(cString: resolved)))
        free(resolved)
    }

    /// The cache's folder is made when it is needed; where it will be is known from the folders above it that are there.
    private mutating func checkCache(_ path: String) {
        let parts = path.split(separator: "/")
        for depth in (0...parts.count).reversed() {
            guard let resolved = realpath("/" + parts[..<depth].joined(separator: "/"), nil) else { continue }
            defer { free(resolved) }
            if depth == parts.count { return checkFolder("cache_directory", path, otherwise: "every start packs the weights") }
            let above = String(cString: resolved)
            return folders.append(
                ("cache_directory", path, ([above == "/" ? "" : above] + parts[depth...].map(String.init)).joined(separator: "/")))
        }
    }

    /// Inboxes, outboxes, the state directory and the cache must lie apart: results would be taken for cases, cases for results.
    private func checkOverlaps() {
        for (index, later) in folders.enumerated() {
            for earlier in folders[..<index] {
                let (first, second) = (RawPath(earlier.resolved), RawPath(later.resolved))
                if first == second {
                    collector.add(later.key, "\(later.path) is also \(earlier.key); give each its own folder")
                } else if second.isInside(first) {
                    collector.add(later.key, "\(later.path) lies inside \(earlier.key) (\(earlier.path)); keep them apart")
                } else if first.isInside(second) {
                    collector.add(later.key, "\(later.path) contains \(earlier.key) (\(earlier.path)); keep them apart")
                }
            }
        }
    }

    private func makeEngines(_ factory: any EngineFactory) -> [String: any CaseEngine] {
        var engines: [String: any CaseEngine] = [:]
        for (index, route) in configuration.routes.enumerated() {
            do {
                engines[route.name] = try factory.makeEngine(for: route)
            } catch {
                collector.add("routes[\(index)].\(error.key)", error.message)
            }
        }
        return engines
    }
}
