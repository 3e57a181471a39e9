import Foundation

/// What Package.swift says, read from its text: running `swift package` inside a test would wait for the build's own lock.
enum PackageManifest {
    /// The named dependencies of every target made with `library` or `.executableTarget`.
    static func dependencies() throws -> [String: Set<String>] {
        let text = try SourceTree.text(of: "Package.swift")
        let constants = products(in: text)
        var result: [String: Set<String>] = [:]
        let library = /library\(\s*"(?<name>\w+)"(?:,\s*uses:\s*\[(?<list>[^\]]*)\])?(?:,\s*exclude:\s*\[[^\]]*\])?\s*\)/
        let program = /\.executableTarget\(\s*name:\s*"(?<name>\w+)",\s*dependencies:\s*\[(?<list>[^\]]*)\]/
        for match in text.matches(of: library) {
            result[String(match.name)] = names(in: match.list.map(String.init) ?? "", constants: constants)
        }
        for match in text.matches(of: program) {
            result[String(match.name)] = names(in: String(match.list), constants: constants)
        }
        return result
    }

    /// `let logging: Target.Dependency = .product(name: "Logging", …)` gives logging → Logging.
    private static func products(in text: String) -> [String: String] {
        let line = /let (?<constant>\w+): Target\.Dependency = \.product\(name: "(?<module>\w+)"/
        return Dictionary(uniqueKeysWithValues: text.matches(of: line).map { (String($0.constant), String($0.module)) })
    }

    private static func names(in list: String, constants: [String: String]) -> Set<String> {
        Set(
            list.split { $0 == "," || $0.isWhitespace }.compactMap { word in
                word.hasPrefix("\"") ? String(word.dropFirst().dropLast()) : constants[String(word)]
            })
    }
}
