import Testing

import InboxProcessing

/// What TOML 1.0 (toml.io) says of a text, tried on its own examples.
struct `Reading TOML` {
    @Test(arguments: [
        (#"a = "tab\t, quote \", é is \u00e9, 𝒳 is \U0001d4b3""#, "tab\t, quote \", é is é, 𝒳 is 𝒳"),
        (#"a = 'C:\as is'"#, #"C:\as is"#),
        ("a = \"\"\"\r\nfirst\nsecond \\\n\n   third\"\"\"\"\"", "first\nsecond third\"\""),
        ("a = '''\nit's'''", "it's"),
        ("\u{FEFF}a = \"\"", ""),
    ])
    func `takes the four kinds of texts`(text: String, expected: String) throws {
        #expect(try TOMLParser.parse(text)["a"]?.string == expected)
    }

    @Test func `takes numbers in all their forms`() throws {
        let table = try TOMLParser.parse(
            "a = [ +1_000, -0, 0xDEAD_beef, 0o17, 0b101, # comment\n 9223372036854775807, ]\nb = [1.5, -2e3, 6.26E-1_0, -inf]")
        #expect(table["a"]?.array?.map(\.int) == [1000, 0, 0xDEAD_BEEF, 15, 5, .max])
        #expect(table["b"]?.array?.map(\.double) == [1.5, -2000, 6.26e-10, -.infinity])
    }

    @Test func `takes tables by header, by dotted name and in braces`() throws {
        let table = try TOMLParser.parse(
            """
            x.y = true
            [a.b]
            c = {d = 1, e.f = 2}
            [a]
            'quoted g' = 3
            [[h]]
            [h.i]
            k = 4
            [[h]]
            """)
        #expect(table["x"]?.table?["y"]?.bool == true)
        #expect(table["a"]?.table?["b"]?.table?["c"]?.table?["e"]?.table?["f"]?.int == 2)
        #expect(table["a"]?.table?["quoted g"]?.int == 3)
        #expect(table["h"]?.array?.count == 2)
        #expect(table["h"]?.array?.first?.table?["i"]?.table?["k"]?.int == 4)
    }

    @Test(arguments: [
        "[.x]", "[x.]", "[]", "[[]]", "[[x]", "[x]]", "x", "x =", "= 1", ".x = 1", "x. = 1", "x = 1 y = 2", "x = 01", "x = 1__0", "x = 1_",
        "x = 1.", "x = .1", "x = 1e", "x = 0x", "x = 9223372036854775808", "x = 1979-05-27", "x = [1 2]", "x = [1", "x = {a = 1,}",
        "x = {a = 1\n}", "x = \"a\nb\"", #"x = "\q""#, #"x = "\uD800""#, "x = \"\u{1}\"", "x = '''a", "x = \"\"\"a\"", "# \u{7F}",
        "x = \"\u{FFFD}\"",
        "x = 1\nx = 2", "x = 1\nx.y = 2", "x = {}\nx.y = 2", "x = [{}]\n[x.y]", "x = [{}]\n[[x]]", "[x]\n[x]", "[x]\n[[x]]", "[[x]]\n[x]",
        "x.y = 1\n[x]", "[x.y]\n[x]\ny.z = 1", "[x]\ny.a = 1\n[x.z]\n[x.y]", "x = 1\rz = 2",
    ])
    func `refuses what is none`(text: String) {
        #expect(throws: ConfigurationProblem.self) { try TOMLParser.parse(text) }
    }

    @Test(arguments: [
        "x = " + String(repeating: "[", count: 500_000), "x = " + String(repeating: "{x=", count: 300_000),
        String(repeating: "x.", count: 500_000) + "x = 1", "[" + String(repeating: "x.", count: 500_000) + "x]",
    ])
    func `refuses what nests without end`(text: String) {
        #expect(throws: ConfigurationProblem.self) { try TOMLParser.parse(text) }
    }

    /// Whatever is done to a configuration, there is an answer; the seed makes each run the same.
    @Test func `survives ten thousand mutations of a configuration`() {
        let original = Array(ConfigurationText.example.utf8)
        let pieces = [
            "[", "]", "[[", "]]", ".", ",", "=", "\"", "'", "\"\"\"", "'''", "{", "}", "\n", "\r", "#", "\\", "\\u", "_", "-", "0x", "[.x]",
            "\u{FEFF}",
        ]
        var state: UInt64 = 20
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var refusals = 0
        for _ in 0..<10_000 {
            var bytes = original
            for _ in 0...random(3) {
                let place = random(bytes.count)
                switch random(4) {
                case 0: bytes.insert(contentsOf: pieces[random(pieces.count)].utf8, at: place)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(6)))
                case 2: bytes[place] = UInt8(random(256))
                default: bytes = Array(bytes[..<place]) + Array(bytes[random(bytes.count)...])
                }
                if bytes.isEmpty { bytes = original }
            }
            do { _ = try ConfigurationReader.parse(String(decoding: bytes, as: UTF8.self), path: "c.toml") } catch { refusals += 1 }
        }
        #expect(refusals > 5000)
    }

    enum ConfigurationText {
        static let example = """
            version = 1
            state_directory = "/var/lib/nnunetd" # a comment
            settle_seconds = 2.5
            polling = 'auto'
            [[routes]]
            name   = "a\\u0062"
            inbox  = "/in"
            outbox = '''/out'''
            [[routes.models]]
            folder = "/m"
            folds  = [0, 1,
              2]
            """
    }
}
