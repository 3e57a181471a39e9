import Foundation
import Testing

/// Package.swift is the one table of arrows; what it says is held against the sources.
struct `The import graph` {
    /// The named dependencies of each Swift target.
    private let arrows: [String: Set<String>]
    /// The folders of sources that hold C.
    private let cModules: Set<String>

    init() throws {
        arrows = try PackageManifest.dependencies()
        cModules = try Set(SourceTree.targets()).subtracting(arrows.keys)
    }

    /// What comes with the toolchain.
    private static let system: Set<String> = ["Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Dispatch"]

    @Test func `every source folder is a target of Package.swift or holds C`() throws {
        #expect(arrows.count > 10)
        for module in cModules {
            let files = try SourceTree.files(below: "Sources/" + module, endings: [".swift"])
            #expect(files.isEmpty, "\(module) is in no line of Package.swift")
        }
    }

    @Test func `a target imports only what its line allows`() throws {
        for (target, allowed) in arrows {
            for found in try SourceTree.imports(of: target) where !Self.system.contains(found.module) {
                #expect(allowed.contains(found.module), "\(found.file) imports \(found.module), which \(target) may not")
            }
        }
    }

    @Test func `no arrow is there that nobody uses`() throws {
        for (target, granted) in arrows {
            let used = Set(try SourceTree.imports(of: target).map(\.module))
            #expect(granted.isSubset(of: used), "\(target) imports none of \(granted.subtracting(used).sorted())")
        }
    }

    /// `NNUNETD_DRAW=1 make test` draws it anew.
    @Test func `the drawing in the documentation shows it`() throws {
        let path = "Sources/Files/Files.docc/Resources/targets.svg"
        let drawing = GraphDrawing(arrows).svg
        if ProcessInfo.processInfo.environment["NNUNETD_DRAW"] == "1" {
            try drawing.write(to: SourceTree.root.appending(path: path), atomically: true, encoding: .utf8)
        }
        #expect(try SourceTree.text(of: path) == drawing, "\(path) shows other arrows than Package.swift; draw it with NNUNETD_DRAW=1")
    }

    @Test func `a C module has one owner`() {
        for module in cModules {
            let owners = arrows.filter { $0.value.contains(module) }.keys.sorted()
            #expect(owners.count == 1, "\(module) belongs to \(owners)")
        }
    }

    @Test func `no C module shows in a public signature`() throws {
        for target in arrows.keys {
            for file in try SourceTree.files(below: "Sources/" + target, endings: [".swift"]) {
                let text = try SourceTree.text(of: file)
                for module in cModules {
                    #expect(!text.contains("public import \(module)"), "\(file) shows \(module) to its users")
                }
            }
        }
    }

    @Test func `the parser sees every form of import`() {
        let source = """
            import A
            public import B
            @preconcurrency import C
            import struct D.E
                import F
            // import G
            let text = "import H"
            """
        #expect(SourceTree.imports(in: source) == ["A", "B", "C", "D", "F"])
    }
}
