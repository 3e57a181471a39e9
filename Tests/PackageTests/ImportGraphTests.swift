import Foundation
import Testing

struct `The import graph` {
    @Test func `every source folder is in the table or holds C`() throws {
        for target in try SourceTree.targets() {
            #expect(ImportTable.modules[target] != nil || ImportTable.owners[target] != nil, "\(target) is in no table")
        }
    }

    @Test(arguments: ImportTable.modules.keys.sorted())
    func `a target imports only what its line allows`(target: String) throws {
        let allowed = (ImportTable.modules[target] ?? []).union(ImportTable.outside[target] ?? [])
        for found in try SourceTree.imports(of: target) {
            #expect(allowed.contains(found.module), "\(found.file) imports \(found.module), which \(target) may not")
        }
    }

    @Test func `a C module is imported by its one owner only`() throws {
        for target in ImportTable.modules.keys {
            for found in try SourceTree.imports(of: target) {
                guard let owner = ImportTable.owners[found.module] else { continue }
                #expect(owner == target, "\(found.file) imports \(found.module), which belongs to \(owner)")
            }
        }
    }

    @Test func `no C module shows in a public signature`() throws {
        for target in ImportTable.modules.keys {
            for file in try SourceTree.files(below: "Sources/" + target, endings: [".swift"]) {
                let text = try SourceTree.text(of: file)
                for module in ImportTable.owners.keys {
                    #expect(!text.contains("public import \(module)"), "\(file) shows \(module) to its users")
                }
            }
        }
    }

    @Test func `the table has no cycle`() {
        var settled: Set<String> = Set(ImportTable.owners.keys)
        var left = ImportTable.modules
        while let next = left.first(where: { $0.value.isSubset(of: settled) }) {
            settled.insert(next.key)
            left[next.key] = nil
        }
        #expect(left.isEmpty, "these import each other: \(left.keys.sorted())")
    }

    @Test func `Package.swift grants no more than the table`() throws {
        let dependencies = try PackageManifest.dependencies()
        #expect(Set(dependencies.keys) == Set(ImportTable.modules.keys))
        for (target, granted) in dependencies {
            let allowed = (ImportTable.modules[target] ?? []).union(ImportTable.outside[target] ?? [])
            #expect(granted.isSubset(of: allowed), "\(target) depends on \(granted.subtracting(allowed).sorted()) beyond the table")
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
