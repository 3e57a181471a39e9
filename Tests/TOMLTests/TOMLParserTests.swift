import Testing

import TOML

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

    @Test(arguments: [("x = ", "[", ""), ("x = ", "{x=", ""), ("", "x.", "x = 1"), ("[", "x.", "x]")])
    func `refuses what nests without end`(beginning: String, level: String, end: String) {
        #expect(throws: ConfigurationProblem.self) { try TOMLParser.parse(beginning + String(repeating: level, count: 500_000) + end) }
    }
}

struct `The lines of TOML keys` {
    @Test func `are found in nested arrays of tables`() {
        let map = TOMLSourceMap(ConfigurationReaderText.text)
        #expect(map.line(of: "version") == 1)
        #expect(map.line(of: "routes[0].models[1].folder") == 9)
        #expect(map.line(of: "routes[1].name") == 16)
        #expect(map.line(of: "routes[1].models[0].folder") == 18)
        #expect(map.line(of: "routes[1].missing") == 15)
        #expect(map.line(of: "routes[0].models[1].folds[2]") == 10)
    }

    enum ConfigurationReaderText {
        static let text = """
            version = 1
            [[routes]]
            name = "a = [ \\" #"
            text = '''
            inbox = "not a key"
            '''
            [[routes.models]]
            [[routes.models]]
            folder = "/x"
            folds = [
              0,
              # ]
              1,
            ]
            [[ routes ]]
            name = "b"
            [[routes.models]]
            folder = "/y"
            """
    }
}
