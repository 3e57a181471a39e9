import Files
import Foundation
import PythonFormats
import Tensors
import TestSupport
import Testing

@Suite struct PickleReaderTests {
    /// `pickle.dumps({'a': [1, -2, 300, 70000, 2**40, -2**63, 2**63, 2**70, 1.5, None, True, False],
    /// 'b': (b'xy', 'ü', (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)), 'c': {}}, protocol)`
    static let plainValues: [Int: String] = [
        2:
            "gAJ9cQAoWAEAAABhcQFdcQIoSwFK/v///00sAUpwEQEAigYAAAAAAAGKCAAAAAAAAACAigkAAAAAAAAAgACKCQAAAAAAAAAAQEc/+AAAAAAAAE6IiWVYAQAAAGJxAyhjX2NvZGVjcwplbmNvZGUKcQRYAgAAAHh5cQVYBgAAAGxhdGluMXEGhnEHUnEIWAIAAADDvHEJKUsBhXEKSwFLAoZxC0sBSwJLA4dxDChLAUsCSwNLBHRxDXRxDlgBAAAAY3EPfXEQdS4=",
        3:
            "gAN9cQAoWAEAAABhcQFdcQIoSwFK/v///00sAUpwEQEAigYAAAAAAAGKCAAAAAAAAACAigkAAAAAAAAAgACKCQAAAAAAAAAAQEc/+AAAAAAAAE6IiWVYAQAAAGJxAyhDAnh5cQRYAgAAAMO8cQUpSwGFcQZLAUsChnEHSwFLAksDh3EIKEsBSwJLA0sEdHEJdHEKWAEAAABjcQt9cQx1Lg==",
        4:
            "gASVhQAAAAAAAAB9lCiMAWGUXZQoSwFK/v///00sAUpwEQEAigYAAAAAAAGKCAAAAAAAAACAigkAAAAAAAAAgACKCQAAAAAAAAAAQEc/+AAAAAAAAE6IiWWMAWKUKEMCeHmUjALDvJQpSwGFlEsBSwKGlEsBSwJLA4eUKEsBSwJLA0sEdJR0lIwBY5R9lHUu",
        5:
            "gAWVhQAAAAAAAAB9lCiMAWGUXZQoSwFK/v///00sAUpwEQEAigYAAAAAAAGKCAAAAAAAAACAigkAAAAAAAAAgACKCQAAAAAAAAAAQEc/+AAAAAAAAE6IiWWMAWKUKEMCeHmUjALDvJQpSwGFlEsBSwKGlEsBSwJLA4eUKEsBSwJLA0sEdJR0lIwBY5R9lHUu",
    ]

    @Test(arguments: plainValues.keys.sorted()) func `plain values read alike in every protocol`(_ version: Int) throws {
        let graph = try read(base64: Self.plainValues[version])
        let numbers = try #require(graph.sequence(graph.member("a")))
        #expect(numbers.map { graph.integer($0) } == [1, -2, 300, 70000, 1 << 40, .min, nil, nil, nil, nil, nil, nil])
        #expect(
            numbers[6...].map { graph.describe($0) } == [
                "an integer beyond 64 bits", "an integer beyond 64 bits", "the number 1.5", "None", "True", "False",
            ])
        let others = try #require(graph.sequence(graph.member("b")))
        #expect(graph.text(others[1]) == "ü")
        #expect(others[2...].map { graph.integers($0) } == [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]])
        #expect(graph.pairs(try graph.member("c"))?.isEmpty == true)
    }

    /// Scalars and arrays of NumPy 2, protocol 2 (bytes as latin-1 text) and 4.
    @Test(arguments: [
        "gAJ9cQAoWAEAAABzcQFjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpzY2FsYXIKcQJjbnVtcHkKZHR5cGUKcQNYAgAAAGk4cQSJiIdxBVJxBihLA1gBAAAAPHEHTk5OSv////9K/////0sAdHEIYmNfY29kZWNzCmVuY29kZQpxCVgIAAAABwAAAAAAAABxClgGAAAAbGF0aW4xcQuGcQxScQ2GcQ5ScQ9YAQAAAGZxEGgCaANYAgAAAGY4cRGJiIdxElJxEyhLA2gHTk5OSv////9K/////0sAdHEUYmgJWAkAAAAAAAAAAADDoD9xFWgLhnEWUnEXhnEYUnEZWAEAAABtcRpjbnVtcHkuX2NvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcRtjbnVtcHkKbmRhcnJheQpxHEsAhXEdaAlYAQAAAGJxHmgLhnEfUnEgh3EhUnEiKEsBSwJLA4ZxI2gTiWgJWDEAAAAAAAAAAAAAAAAAAAAAAMOwPwAAAAAAAABAAAAAAAAACEAAAAAAAAAQQAAAAAAAABRAcSRoC4ZxJVJxJnRxJ2JYAQAAAHRxKGgbaBxLAIVxKWggh3EqUnErKEsBSwJLA4ZxLGgTiGgJWDEAAAAAAAAAAAAAAAAAAAAAAAhAAAAAAAAAw7A/AAAAAAAAEEAAAAAAAAAAQAAAAAAAABRAcS1oC4ZxLlJxL3RxMGJYAQAAAGJxMWgCaANYAgAAAGIxcTKJiIdxM1JxNChLA1gBAAAAfHE1Tk5OSv////9K/////0sAdHE2YmgJWAEAAAABcTdoC4ZxOFJxOYZxOlJxO1gBAAAAZ3E8aAJoA1gCAAAAZjRxPYmIh3E+UnE/KEsDaAdOTk5K/////0r/////SwB0cUBiaAlYBQAAAAAAwqA/cUFoC4ZxQlJxQ4ZxRFJxRXUu",
        "gASV2wEAAAAAAAB9lCiMAXOUjBZudW1weS5fY29yZS5tdWx0aWFycmF5lIwGc2NhbGFylJOUjAVudW1weZSMBWR0eXBllJOUjAJpOJSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiQwgHAAAAAAAAAJSGlFKUjAFmlGgEaAeMAmY4lImIh5RSlChLA2gLTk5OSv////9K/////0sAdJRiQwgAAAAAAADgP5SGlFKUjAFtlGgCjAxfcmVjb25zdHJ1Y3SUk5RoBYwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLAUsCSwOGlGgTiUMwAAAAAAAAAAAAAAAAAADwPwAAAAAAAABAAAAAAAAACEAAAAAAAAAQQAAAAAAAABRAlHSUYowBdJRoGmgcSwCFlGgeh5RSlChLAUsCSwOGlGgTiEMwAAAAAAAAAAAAAAAAAAAIQAAAAAAAAPA/AAAAAAAAEEAAAAAAAAAAQAAAAAAAABRAlHSUYowBYpRoBGgHjAJiMZSJiIeUUpQoSwOMAXyUTk5OSv////9K/////0sAdJRiQwEBlIaUUpSMAWeUaARoB4wCZjSUiYiHlFKUKEsDaAtOTk5K/////0r/////SwB0lGJDBAAAoD+UhpRSlHUu",
    ]) func `NumPy's scalars and arrays are read as numbers`(_ pickle: String) throws {
        let graph = try read(base64: pickle)
        #expect(graph.integer(try graph.member("s")) == 7)
        #expect(graph.real(try graph.member("f")) == 0.5)
        #expect(graph.real(try graph.member("g")) == 1.25)
        #expect(graph.real(try graph.member("b")) == 1)
        #expect(graph.reals(try graph.member("m")) == [0, 1, 2, 3, 4, 5])
        #expect(graph.reals(try graph.member("t")) == [0, 1, 2, 3, 4, 5], "Fortran order")
    }

    /// `{'o': A(), 'n': 5, 'z': {1, 2}, 'fz': frozenset([3])}`, A of a module that exists nowhere.
    @Test(arguments: [
        "gAJ9cQAoWAEAAABvcQFjbXkubW9kCkEKcQIpgXEDfXEEWAEAAAB4cQVLAXNiWAEAAABucQZLBVgBAAAAenEHY19fYnVpbHRpbl9fCnNldApxCF1xCShLAUsCZYVxClJxC1gCAAAAZnpxDGNfX2J1aWx0aW5fXwpmcm96ZW5zZXQKcQ1dcQ5LA2GFcQ9ScRB1Lg==",
        "gASVQQAAAAAAAAB9lCiMAW+UjAZteS5tb2SUjAFBlJOUKYGUfZSMAXiUSwFzYowBbpRLBYwBepSPlChLAUsCkIwCZnqUKEsDkZR1Lg==",
    ]) func `unknown objects stay opaque beside values that are read`(_ pickle: String) throws {
        let graph = try read(base64: pickle)
        #expect(graph.integer(try graph.member("n")) == 5)
        let object = try graph.member("o")
        #expect(graph.calledName(object) == "my.mod.A")
        #expect(graph.pairs(object) == nil)
        #expect(graph.sequence(object) == nil)
        #expect(graph.integers(try graph.member("z")) == nil)
    }

    @Test func `an OrderedDict is a dictionary, filled afterwards or from pairs`() throws {
        let filled = try read(base64: "gAJjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQApUnEBKFgBAAAAeHECSwFYAQAAAHlxA0sCdS4=")
        #expect(filled.integer(try filled.member("y")) == 2)
        let pairs = Py.call(
            .global("collections", "OrderedDict"), [.list([.list([.text("x"), .integer(1)]), .tuple([.text("y"), .integer(2)])])])
        let graph = try PickleReader.read(pairs.pickled)
        #expect(graph.pairs(graph.root)?.count == 2)
        #expect(graph.integer(try graph.member("y")) == 2)
    }

    @Test func `the last value of a repeated key counts, as in Python`() throws {
        let graph = try PickleReader.read(Py.dictionary([(.text("k"), .integer(1)), (.text("k"), .integer(2))]).pickled)
        #expect(graph.integer(try graph.member("k")) == 2)
    }

    @Test(
        arguments: [
            ("no bytes", [], "ends without STOP"),
            ("no STOP", [0x80, 2, 0x4E], "ends without STOP"),
            ("STOP alone", [0x2E], "the stack is empty"),
            ("protocol 6", [0x80, 6, 0x4E, 0x2E], "a protocol above 5"),
            ("an unknown opcode", [0xFE], "the opcode 0xfe is unknown"),
            ("an extension", [0x82, 1, 0x2E], "the opcode 0x82 is unknown"),
            ("a memo entry that is not there", [0x68, 0, 0x2E], "the memo has no entry 0"),
            ("a tuple without its mark", [0x4E, 0x74, 0x2E], "no mark on the stack"),
            ("pairs with an odd count", [0x7D, 0x28, 0x4E, 0x75, 0x2E], "a key without a value"),
            ("items for None", [0x4E, 0x4E, 0x61, 0x2E], "items are appended to None"),
            ("keys for a list", [0x5D, 0x4E, 0x4E, 0x73, 0x2E], "keys are set in a list of 0"),
            ("a call without a tuple", [0x4E, 0x4E, 0x52, 0x2E], "arguments are not a tuple"),
            ("a text of 2^64-1 bytes", [0x8D] + [UInt8](repeating: 0xFF, count: 8), "are announced, fewer are left"),
            ("a frame beyond the end", [0x95, 9, 0, 0, 0, 0, 0, 0, 0, 0x4E, 0x2E], "a frame reaches beyond the end"),
            ("values below a mark", [0x4E, 0x28, 0x30, 0x28, 0x61, 0x2E], "the stack is empty"),
            ("a global's name without end", [0x63, 0x61, 0x0A, 0x62], "a line does not end"),
        ] as [(String, [UInt8], String)]) func `a malformed pickle is refused with its reason`(
            _ name: String, _ bytes: [UInt8], _ reason: String
        )
        throws
    {
        let error = try #require(throws: Problem.self, "\(name)") { try PickleReader.read(bytes) }
        #expect(error.reason.contains(reason), "\(name): \(error)")
    }

    @Test func `a million nested lists are read and freed without recursion`() throws {
        let depth = 1_000_000
        let graph = try PickleReader.read(
            [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1) + [0x2E])
        #expect(graph.describe(graph.root) == "a list of 1")
    }

    @Test func `a short pickle can't multiply itself through OrderedDict`() throws {
        // One list of 2000 pairs, from which 20000 dictionaries are asked for.
        var bytes = Py.list(Array(repeating: .tuple([.integer(1), .integer(2)]), count: 2000)).pickled.dropLast() + [0x71, 0]
        for _ in 0..<20000 { bytes += Array("ccollections\nOrderedDict\nh\u{0}".utf8) + [0x85, 0x52, 0x30] }
        let graph = try PickleReader.read(Array(bytes + [0x2E]))
        #expect(graph.describe(graph.root) == "a list of 2000")
    }

    @Test func `no change of any bytes makes the reader crash`() throws {
        let whole = try #require(Self.plainValues[2].flatMap { Data(base64Encoded: $0) }).map(\.self)
        var generator = SplitMix64(seed: 7)
        var refused = 0
        for _ in 0..<20_000 {
            var changed = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                changed[Int.random(in: 0..<whole.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let graph = try? PickleReader.read(changed) else {
                refused += 1
                continue
            }
            for reference in graph.nodes.indices.map(PickleGraph.Reference.init) {
                _ = (graph.describe(reference), graph.reals(reference), graph.integers(reference))
            }
        }
        #expect(refused > 5000 && refused < 20_000)
    }

    private func read(base64: String?) throws -> PickleGraph {
        let data = try #require(base64.flatMap { Data(base64Encoded: $0) })
        return try PickleReader.read(Array(data))
    }
}

extension PickleGraph {
    /// The value of a key of the outermost dictionary.
    fileprivate func member(_ key: String) throws -> Reference { try #require(value(key, in: root)) }
}
