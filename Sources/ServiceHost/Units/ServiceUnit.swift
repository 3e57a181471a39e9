import Files
import Glibc
import SystemPackage

/// An installed service of systemd's and what its files say, drop-ins included (systemd.unit(5)).
package struct ServiceUnit: Sendable {
    /// `nnunetd.service`.
    package let name: String
    /// The unit's file and then its drop-ins, in the order systemd reads them.
    package let files: [String]
    /// What the `[Service]` sections assign, by key, as it is written.
    private var assignments: [String: [String]] = [:]

    /// The folders systemd looks for units in, the first first; `SYSTEMD_UNIT_PATH` replaces them as it does for systemd's own programs.
    package static func folders(_ environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }) -> [String] {
        let usual = [
            "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient", "/etc/systemd/system",
            "/run/systemd/system", "/run/systemd/generator", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
            "/lib/systemd/system",
        ]
        guard let path = environment("SYSTEMD_UNIT_PATH"), !path.isEmpty else { return usual }
        return path.split(separator: ":").map(String.init) + (path.hasSuffix(":") ? usual : [])
    }

    /// Reads a unit; nil where none is installed.
    package init?(_ name: String, folders: [String] = ServiceUnit.folders()) {
        let candidates: [String] = folders.map { "\($0)/\(name)" }
        guard let main = candidates.first(where: { access($0, F_OK) == 0 }) else { return nil }
        var dropIns: [String: String] = [:]
        for folder in folders.flatMap({ ["\($0)/\(name).d", "\($0)/service.d"] }) {
            for entry in (try? FileSystem.names(in: FilePath(folder))) ?? [] {
                guard let file = entry.text, file.hasSuffix(".conf"), dropIns[file] == nil else { continue }
                dropIns[file] = "\(folder)/\(file)"
            }
        }
        self.name = name
        files = [main] + dropIns.sorted { $0.key < $1.key }.map(\.value)
        for file in files {
            if let text = try? FileSystem.readText(FilePath(file), limit: 1 << 20) { read(text) }
        }
    }

    /// The last value of a key; nil where it has none.
    package func value(_ key: String) -> String? { assignments[key]?.last.map(expand) }

    /// The words of all values of a key.
    package func words(_ key: String) -> [String] {
        (assignments[key] ?? []).flatMap(Self.split).map(expand)
    }

    /// Whether a key says yes.
    func isOn(_ key: String) -> Bool { ["yes", "true", "on", "1"].contains(value(key)?.lowercased() ?? "") }

    /// Takes a file's assignments; an empty one forgets those before it.
    private mutating func read(_ text: String) {
        var section = ""
        for line in text.replacing("\\\n", with: " ").split(separator: "\n") {
            let line = line.trimmed
            if line.hasPrefix("[") { section = line }
            guard section == "[Service]", !line.hasPrefix("#"), !line.hasPrefix(";"), let equals = line.firstIndex(of: "=") else {
                continue
            }
            let (key, value) = (line[..<equals].trimmed, line[line.index(after: equals)...].trimmed)
            if value.isEmpty { assignments[key] = [] } else { assignments[key, default: []].append(value) }
        }
    }

    /// Words apart by blanks, those in quotes whole.
    private static func split(_ text: String) -> [String] {
        var words: [String] = []
        var (word, quote): (String?, Character?) = (nil, nil)
        for character in text {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }

    /// The specifiers that stand for folders and the unit's name.
    private func expand(_ text: String) -> String {
        let stem = String(name.prefix { $0 != "." })
        let meanings = ["%S": "/var/lib", "%C": "/var/cache", "%L": "/var/log", "%t": "/run", "%N": stem, "%p": stem, "%n": name]
        return meanings.reduce(text) { $0.replacing($1.key, with: $1.value) }
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
