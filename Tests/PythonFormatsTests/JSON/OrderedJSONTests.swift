import Files
import PythonFormats
import Testing

@Suite struct OrderedJSONTests {
    @Test func `values, key order and Python's literals survive`() throws {
        let value = try parse(#"{"z": 1, "a": [true, false, null, -0, 1.0, NaN, Infinity, -Infinity], "b": "x"}"#)
        #expect(value.members?.map(\.key) == ["z", "a", "b"])
        #expect(value["a"]?.elements?.prefix(5) == [true, false, nil, 0, 1.0])
        #expect(value["a"]?.elements?[5].double?.isNaN == true)
        #expect(value["a"]?.elements?[6].double == .infinity)
        #expect(value["a"]?.elements?[7].double == -.infinity)
    }

    @Test func `a repeated key keeps its place and takes the last value, as in Python`() throws {
        #expect(try parse(#"{"a": 1, "b": 2, "a": 3}"#).members == [.init("a", 3), .init("b", 2)])
    }

    @Test func `escapes and surrogate pairs are characters`() throws {
        #expect(try parse(#""\u00fc\n\t\"\\\/\ud83e\udec0ü""#) == .string("ü\n\t\"\\/\u{1FAC0}ü"))
    }

    @Test func `integers beyond 64 bits keep their digits`() throws {
        let digits = "123456789012345678901234567890"
        #expect(try parse(digits) == .largeInteger(digits))
        #expect(try parse(digits).pythonText() == digits)
    }

    @Test(arguments: [
        ("", "the text ends"), ("{", "a key in double quotes"), ("[1,]", "no JSON value starts with ']'"),
        ("[1 2]", "',' or ']' is expected"),
        (#"{"a" 1}"#, "':' is expected after the key 'a'"), ("01", "a number is malformed"), ("1.", "digits are missing"),
        ("1e", "digits are missing in the exponent"), ("+1", "no JSON value starts with '+'"), ("nul", "no JSON value"),
        (#""a"#, "a text does not end"), (#""\x""#, "no escape starts with 'x'"), (#""\ud800""#, "half of a surrogate pair"),
        (#""\u12g4""#, "four hexadecimal digits"), ("\"a\nb\"", "a control character"), ("1 2", "more text after the value"),
        ("\u{FEFF}{}", "a byte order mark stands before the text"), ("{'a': 1}", "a key in double quotes"),
    ]) func `malformed text is refused with line and column`(_ text: String, _ reason: String) throws {
        let error = try #require(throws: Problem.self) { try parse(text) }
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test func `the place of an error is counted from 1`() throws {
        let error = try #require(throws: Problem.self) { try parse("{\n  \"a\": x}") }
        #expect(error.description.contains("file.json: damaged or not what its name says: line 2, column 8: "))
    }

    @Test func `invalid UTF-8 and a hundred thousand brackets are refused`() throws {
        let invalid = try #require(throws: Problem.self) { try OrderedJSON(parsing: [0x22, 0xFF, 0x22], path: "f") }
        #expect(invalid.description.contains("not valid UTF-8"))
        let deep = try #require(throws: Problem.self) { try parse(String(repeating: "[", count: 100_000)) }
        #expect(deep.description.contains("nested deeper than 200 levels"))
    }

    @Test(arguments: [
        (1e16, "1e+16"), (1e15, "1000000000000000.0"), (9007199254740992, "9007199254740992.0"), (1.8e16, "1.8e+16"), (1e-4, "0.0001"),
        (1e-5, "1e-05"), (0.00012345, "0.00012345"), (123456789.125, "123456789.125"), (1e22, "1e+22"), (1.5e300, "1.5e+300"),
        (.leastNonzeroMagnitude, "5e-324"), (0.1, "0.1"), (100, "100.0"), (-2.5e-7, "-2.5e-07"),
        (12345678901234568, "1.2345678901234568e+16"),
        (1e17, "1e+17"), (0, "0.0"), (-0.0, "-0.0"), (.nan, "NaN"), (-.infinity, "-Infinity"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
    ]) func `numbers are written as Python's repr writes them`(_ value: Double, _ text: String) {
        #expect(OrderedJSON.number(value).pythonText() == text)
    }

    @Test func `the layout is that of json.dump with indent 4`() {
        let value: OrderedJSON = ["b": [1, 2.5], "a": ["ü\u{7F}\u{1FAC0}\"": [:]], "10": [], "2": nil]
        #expect(
            value.pythonText()
                == """
                {
                    "b": [
                        1,
                        2.5
                    ],
                    "a": {
                        "\\u00fc\\u007f\\ud83e\\udec0\\"": {}
                    },
                    "10": [],
                    "2": null
                }
                """)
        #expect(value.pythonText(sortedKeys: true).split(separator: "\n")[1] == "    \"10\": [],")
        #expect(
            value.pythonText(sortedKeys: true, indent: nil)
                == #"{"10": [], "2": null, "a": {"\u00fc\u007f\ud83e\udec0\"": {}}, "b": [1, 2.5]}"#)
    }

    private func parse(_ text: String) throws -> OrderedJSON { try OrderedJSON(parsing: text.utf8, path: "file.json") }
}
