import Testing

/// What a reader can hold in mind at once.
struct `The size of the sources` {
    private static let mostLinesOfFunction = 39
    private static let mostInitialiserParameters = 10
    private static let mostLinesOfFile = 250
    private static let mostLinesOfTestFile = 500

    /// Kernels whose methods are one loop nest cut into inlined steps: their files are longer, their functions are not.
    private static let kernels: Set<String> = [
        "Sources/CKernels/packing.c", "Sources/CKernels/templates/direct.h", "Sources/CKernels/templates/winograd.h",
        "Sources/CKernels/templates/winograd_forward.h", "Sources/CKernels/templates/winograd_upsampled.h",
    ]

    private static let cEndings = [".c", ".cpp", ".h"]

    private static func declarations() throws -> [(place: String, Declaration)] {
        let swift = try SourceTree.files(below: "Sources", endings: [".swift"]).flatMap { file in
            try Declaration.all(inSwift: SourceTree.text(of: file)).map { ("\(file): \($0.name)", $0) }
        }
        let c = try SourceTree.files(below: "Sources", endings: cEndings).flatMap { file in
            try Declaration.all(inC: SourceTree.text(of: file)).map { ("\(file): \($0.name)", $0) }
        }
        return swift + c
    }

    @Test func `a function fits a screen`() throws {
        let declarations = try Self.declarations()
        #expect(declarations.count > 2000)
        let long = declarations.filter { $0.1.lineCount > Self.mostLinesOfFunction }
        #expect(long.map(\.place) == [], "take them apart by what they do")
    }

    @Test func `an initialiser takes what a reader can name`() throws {
        let wide = try Self.declarations().filter { $0.1.name == "init" && $0.1.parameterCount > Self.mostInitialiserParameters }
        #expect(wide.map(\.place) == [], "group what belongs together")
    }

    @Test func `a file has one subject`() throws {
        func long(_ folder: String, _ endings: [String], _ limit: Int) throws -> Set<String> {
            try Set(
                SourceTree.files(below: folder, endings: endings).filter {
                    try SourceTree.text(of: $0).split(separator: "\n", omittingEmptySubsequences: false).count > limit + 1
                })
        }
        #expect(try long("Sources", [".swift"] + Self.cEndings, Self.mostLinesOfFile) == Self.kernels)
        #expect(try long("Tests", [".swift"], Self.mostLinesOfTestFile) == [])
    }

    @Test func `the reader of declarations counts lines and parameters`() {
        let source = """
            protocol P {
                func required(_ a: Int) -> Int
                init(a: Int, b: Int)
            }
            struct S {
                init(
                    _ list: [Int: (Int, Int)] = [:], body: (Int, Int) -> Void = { _, _ in }, c: Result<Int, E>
                ) throws(E) {
                    a = b
                }
                package static func short<A>() -> A { a }
                mutating func none()
                where A: B {
                }
                init?(a: Int) {
                    nil
                }
            }
            """
        #expect(
            Declaration.all(inSwift: source) == [
                Declaration(name: "init", lineCount: 5, parameterCount: 3), Declaration(name: "short", lineCount: 1, parameterCount: 0),
                Declaration(name: "none", lineCount: 3, parameterCount: 0), Declaration(name: "init", lineCount: 3, parameterCount: 1),
            ])
        let c = """
            typedef struct {
                int a;
            } S;
            static void f(int a, int b,
                          int c) {
                g();
            }
            """
        #expect(Declaration.all(inC: c) == [Declaration(name: "f", lineCount: 4, parameterCount: 3)])
    }
}
