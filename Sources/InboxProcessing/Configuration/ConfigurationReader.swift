import CPUEngine
import CasePrediction
import Files
import Foundation
import Glibc
import ServiceHost
import SystemPackage
import TOML
import TrainedModels

/// Reads the configuration's text: types, keys and ranges. Whether folders and models exist is `ConfigurationCheck`'s.
package enum ConfigurationReader {
    /// The largest file that is read, bytes.
    static let sizeLimit = 1 << 20
    /// How many routes there may be.
    static let routeLimit = 1000

    private static let serviceKeys = [
        "version", "state_directory", "settle_seconds", "incomplete_after_seconds", "polling", "poll_seconds", "memory_budget_gib",
        "threads", "cache_directory", "cache_limit_gib", "log_names", "routes",
    ]
    private static let routeKeys = [
        "name", "inbox", "outbox", "models", "postprocessing", "step_size", "mirroring", "modalities", "nan",
        "requires_mount", "min_slices", "case_names",
    ]
    private static let modelKeys = ["folder", "folds", "checkpoint"]

    /// Reads a configuration file.
    ///
    /// - `environment`: the process's, for what systemd says in it.
    package static func read(
        path: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> (configuration: ServiceConfiguration, text: String) {
        let text: String
        do {
            text = try FileSystem.readText(FilePath(path), limit: sizeLimit)
        } catch {
            throw ConfigurationError(
                path: path,
                problems: [
                    ConfigurationProblem(message: "can't be read by \(ServiceAccount.current?.user ?? "this user"): \(error.reason)")
                ])
        }
        return (try parse(text, path: path, environment: environment), text)
    }

    /// Reads a configuration's text; all problems at once.
    package static func parse(
        _ text: String, path: String, environment: [String: String] = [:]
    ) throws(ConfigurationError) -> ServiceConfiguration {
        let table: TOMLTable
        do {
            table = try TOMLParser.parse(text)
        } catch {
            throw ConfigurationError(path: path, problems: [ConfigurationProblem(line: error.line, message: error.message)])
        }
        let collector = ProblemCollector(source: TOMLSourceMap(table))
        let configuration = service(TOMLTableReader(table, path: "", collector: collector), collector, environment)
        guard let configuration, collector.problems.isEmpty else { throw ConfigurationError(path: path, problems: collector.problems) }
        return configuration
    }

    private static func service(
        _ reader: TOMLTableReader, _ collector: ProblemCollector, _ environment: [String: String]
    ) -> ServiceConfiguration? {
        reader.refuseOthers(
            known: serviceKeys, elsewhere: [(routeKeys, "below a line [[routes]]"), (modelKeys, "below a line [[routes.models]]")])
        if reader.integer("version", in: 1...1) == nil, !reader.has("version") {
            collector.add("version", "is missing; write version = 1")
        }
        let state = absolutePath("state_directory", reader, collector)
        var configuration = ServiceConfiguration(stateDirectory: state ?? "", memoryBudget: defaultMemoryBudget(), routes: [])
        let seconds = { (key: String, least: Double) in
            reader.number(key, words: "a number of seconds from \(least.shown) to 86400") { (least...86_400).contains($0) }
        }
        if let value = seconds("settle_seconds", 0.5) { configuration.settle = .milliseconds(Int64(value * 1000)) }
        if let value = seconds("incomplete_after_seconds", 1) { configuration.incompleteAfter = .milliseconds(Int64(value * 1000)) }
        if let value = seconds("poll_seconds", 0.5) { configuration.pollInterval = .milliseconds(Int64(value * 1000)) }
        checkTimes(of: configuration, reader, collector)
        let choices = ServiceConfiguration.Polling.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        if let polling = reader.value("polling", "one of \(choices)", { $0.string.flatMap(ServiceConfiguration.Polling.init) }) {
            configuration.polling = polling
        }
        if let value = reader.number(
            "memory_budget_gib", words: "a number of GiB above 0 and up to 65536", where: { $0 > 0 && $0 <= 65_536 })
        {
            configuration.memoryBudget = Int(value * 1_073_741_824)
        }
        configuration.threads = reader.integer("threads", in: 1...1024)
        configuration.logsNames = reader.boolean("log_names") ?? false
        configuration.weightCache = weightCache(reader, collector, environment)
        configuration.routes = routes(reader, collector)
        return state == nil ? nil : configuration
    }

    /// A case must be able to settle, and a polled inbox be looked at, before the time to wait for the rest of a case is over.
    private static func checkTimes(of configuration: ServiceConfiguration, _ reader: TOMLTableReader, _ collector: ProblemCollector) {
        let limit = configuration.incompleteAfter
        func check(_ key: String, _ value: Duration, _ consequence: String) {
            guard value >= limit else { return }
            let (shown, other) = (reader.has(key) ? "" : ", the default", reader.has("incomplete_after_seconds") ? "" : ", the default")
            collector.add(
                reader.has(key) ? key : "incomplete_after_seconds",
                "\(key) (\(value.inSeconds.shown)\(shown)) must be less than incomplete_after_seconds (\(limit.inSeconds.shown)\(other)): "
                    + consequence + "; lower the first or raise the second")
        }
        check("settle_seconds", configuration.settle, "else a case would be given up before its files count as unchanged")
        guard reader.has("poll_seconds") || configuration.polling == .always else { return }
        check("poll_seconds", configuration.pollInterval, "else a case would be given up before its inbox is looked at twice")
    }

    /// The key, or the folder that systemd gives the service (`CacheDirectory=`, the first of several).
    private static func weightCache(
        _ reader: TOMLTableReader, _ collector: ProblemCollector, _ environment: [String: String]
    ) -> ServiceConfiguration.WeightCache? {
        let given = reader.string("cache_directory") == nil ? nil : absolutePath("cache_directory", reader, collector)
        let ofService = environment["CACHE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        let limit = reader.number("cache_limit_gib", words: "a number of GiB from 0 (no cache) to 65536") { (0...65_536).contains($0) }
        let bytes = limit.map { Int($0 * 1_073_741_824) } ?? WeightCache.defaultLimit
        guard bytes > 0, let folder = given ?? ofService else { return nil }
        return ServiceConfiguration.WeightCache(folder: folder, limit: bytes)
    }

    private static func routes(_ reader: TOMLTableReader, _ collector: ProblemCollector) -> [ServiceConfiguration.Route] {
        let tables = reader.tables("routes")
        if tables?.isEmpty ?? !reader.has("routes") { collector.add("routes", "is missing; add a [[routes]] table for each inbox") }
        guard let tables, tables.count <= routeLimit else {
            if tables != nil { collector.add("routes", "there are more than \(routeLimit)") }
            return []
        }
        var names: Set<String> = []
        return tables.compactMap { table in
            if let name = table.string("name"), !names.insert(name).inserted {
                collector.add(table.name("name"), "\"\(name.shortened)\" names another route already; give each its own name")
            }
            return route(table, collector)
        }
    }

    private static func route(_ reader: TOMLTableReader, _ collector: ProblemCollector) -> ServiceConfiguration.Route? {
        reader.refuseOthers(
            known: routeKeys,
            elsewhere: [(serviceKeys, "at the top, above the first [[routes]]"), (modelKeys, "below a line [[routes.models]]")])
        let name = reader.requiredString("name")
        if let name, !isRouteName(name) {
            collector.add(
                reader.name("name"),
                "\"\(name.shortened)\" must be of letters a-z, digits, '.', '-' and '_', not start with '.', at most 64")
        }
        let (inbox, outbox) = (absolutePath("inbox", reader, collector), absolutePath("outbox", reader, collector))
        let tables = reader.tables("models")
        if tables?.isEmpty ?? !reader.has("models") {
            collector.add(reader.name("models"), "is missing; add at least one [[routes.models]] table with a folder")
        }
        let models = (tables ?? []).compactMap { model($0, collector) }
        var route = ServiceConfiguration.Route(name: name ?? "", inbox: inbox ?? "", outbox: outbox ?? "", models: models)
        readOptions(of: &route, reader, collector)
        return name == nil || inbox == nil || outbox == nil ? nil : route
    }

    /// What a route may say besides.
    private static func readOptions(
        of route: inout ServiceConfiguration.Route, _ reader: TOMLTableReader, _ collector: ProblemCollector
    ) {
        if reader.string("postprocessing") != nil { route.postprocessing = absolutePath("postprocessing", reader, collector) }
        if let step = reader.number("step_size", words: "a number above 0 and at most 1", where: { $0 > 0 && $0 <= 1 }) {
            route.stepSize = step
        }
        if let mirroring = reader.boolean("mirroring") { route.mirroring = mirroring }
        route.modalities = modalities(reader)
        if let nan = reader.value("nan", "\"refuse\" or \"zero\"", { $0.string.flatMap(NonFiniteVoxels.init) }) {
            route.nonFiniteVoxels = nan
        }
        if let requiresMount = reader.boolean("requires_mount") { route.requiresMount = requiresMount }
        route.minimumSlices = reader.integer("min_slices", in: 1...100_000)
        let namings = ServiceConfiguration.CaseNames.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        if let caseNames = reader.value("case_names", namings, { $0.string.flatMap(ServiceConfiguration.CaseNames.init) }) {
            route.caseNames = caseNames
        }
    }

    private static func modalities(_ reader: TOMLTableReader) -> [String]? {
        let known = DICOMModalities.readable
        let example = known.map { "\"\($0)\"" }.joined(separator: ", ")
        return reader.value("modalities", "a list of the DICOM modalities that are read, [\(example)] or one of them") { found in
            guard let array = found.array, !array.isEmpty else { return nil }
            let given = (0..<array.count).compactMap { array[$0].string?.uppercased() }
            return given.count == array.count && given.allSatisfy(known.contains) ? given : nil
        }
    }

    private static func model(_ reader: TOMLTableReader, _ collector: ProblemCollector) -> ServiceConfiguration.Model? {
        reader.refuseOthers(
            known: modelKeys,
            elsewhere: [(serviceKeys, "at the top, above the first [[routes]]"), (routeKeys, "above [[routes.models]], below [[routes]]")])
        let folder = absolutePath("folder", reader, collector)
        let folds: [FoldName]? = reader.value("folds", "a list such as [0, 1, 2] or [\"all\"], each once") { found in
            guard let array = found.array, !array.isEmpty else { return nil }
            var folds: [FoldName] = []
            for element in array {
                if let number = element.int, number >= 0 {
                    folds.append(.number(number))
                } else if element.string == "all" {
                    folds.append(.all)
                } else {
                    return nil
                }
            }
            return Set(folds).count == folds.count ? folds : nil
        }
        let checkpoint = reader.value("checkpoint", "a file name such as \"checkpoint_best.pth\"") { found in
            found.string.flatMap { $0.isEmpty || $0.contains("/") ? nil : $0 }
        }
        guard let folder else { return nil }
        return ServiceConfiguration.Model(folder: folder, folds: folds, checkpoint: checkpoint ?? "checkpoint_final.pth")
    }

    /// A required path, normalised: absolute, no `.`, `..` or doubled slashes.
    private static func absolutePath(_ key: String, _ reader: TOMLTableReader, _ collector: ProblemCollector) -> String? {
        guard let text = reader.requiredString(key) else { return nil }
        guard text.hasPrefix("/"), text.utf8.count < 4096, !text.utf8.contains(0) else {
            collector.add(reader.name(key), "must be an absolute path, found \"\(text.shortened)\"")
            return nil
        }
        let parts = text.split(separator: "/").filter { $0 != "." }
        guard !parts.contains(".."), !parts.isEmpty else {
            collector.add(reader.name(key), "must be a folder below / without .., found \"\(text.shortened)\"")
            return nil
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func isRouteName(_ name: String) -> Bool {
        let allowed = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                || [0x2E, 0x2D, 0x5F].contains(byte)
        }
        return allowed && !name.isEmpty && name.utf8.count <= 64 && !name.hasPrefix(".")
    }

    /// Half of the machine's memory.
    private static func defaultMemoryBudget() -> Int {
        max(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 2)
    }
}

extension Double {
    /// Without a fraction of zero.
    fileprivate var shown: String { self == rounded() ? String(Int(self)) : String(self) }
}
