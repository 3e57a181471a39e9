import Foundation

/// The checkout's files as text.
enum SourceTree {
    /// The folder that holds Package.swift.
    static let root: URL = {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    /// The names of the folders in `Sources`.
    static func targets() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The files below a folder whose names end with one of the endings, relative to the root.
    static func files(below folder: String, endings: [String]) throws -> [String] {
        let start = root.appending(path: folder)
        guard let walker = FileManager.default.enumerator(atPath: start.path) else { return [] }
        return walker.compactMap { $0 as? String }.filter { name in endings.contains { name.hasSuffix($0) } }
            .map { folder + "/" + $0 }.sorted()
    }

    /// A file's text.
    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// One import line.
    struct Import: Hashable {
        let module: String
        let file: String
    }

    /// The imports of a target's Swift files: `import A`, `public import A`, `@preconcurrency import A`, `import struct A.B`.
    static func imports(of target: String) throws -> [Import] {
        try files(below: "Sources/" + target, endings: [".swift"]).flatMap { file in
            try imports(in: text(of: file)).map { Import(module: $0, file: file) }
        }
    }

    /// The modules that a source text imports.
    static func imports(in source: String) -> [String] {
        source.split(separator: "\n").compactMap { line in
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard let position = words.firstIndex(of: "import"), position + 1 < words.count else { return nil }
            let isImport = words[..<position].allSatisfy { $0.hasPrefix("@") || accessLevels.contains($0) }
            guard isImport else { return nil }
            let kinds = ["struct", "class", "enum", "func", "protocol", "typealias", "let", "var"]
            let module = kinds.contains(words[position + 1]) && position + 2 < words.count ? words[position + 2] : words[position + 1]
            return module.split(separator: ".").first.map(String.init)
        }
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
}
