import Foundation
import InboxProcessing
import TestSupport
import Testing
import TrainedModels

struct `Reading a configuration` {
    static let good = """
        version = 1
        state_directory = "/var/lib/nnunetd"

        [[routes]]
        name   = "hippocampus"
        inbox  = "/srv/in/hippocampus/"
        outbox = "/srv//out/./hippocampus"

        [[routes.models]]                      # several models make an ensemble
        folder = "/srv/models/a"
        folds  = [0, 1, 2, 3, 4]

        [[routes.models]]
        folder = "/srv/models/b"
        """

    /// The problems of a text, each as `line key`.
    private func problems(_ text: String) -> [String] {
        do {
            _ = try ConfigurationReader.parse(text, path: "c.toml")
            return []
        } catch {
            return error.problems.map { "\($0.line.map(String.init) ?? "-") \($0.key ?? "-")" }
        }
    }

    @Test func `takes values as they are and fills in the rest`() throws {
        let configuration = try ConfigurationReader.parse(Self.good, path: "c.toml")
        #expect(configuration.settle == .seconds(20))
        #expect(configuration.polling == .auto)
        #expect(configuration.memoryBudget >= 1 << 30)
        let route = try #require(configuration.routes.first)
        #expect(route.inbox == "/srv/in/hippocampus")
        #expect(route.outbox == "/srv/out/hippocampus")
        #expect(route.models.map(\.folder) == ["/srv/models/a", "/srv/models/b"])
        #expect(route.models[0].folds == (0...4).map(FoldName.number))
        #expect(route.models[1].folds == nil)
        #expect(route.mirroring)
    }

    @Test func `takes the modalities that are read, in any case, and no others`() throws {
        let text = { (value: String) in Self.good.replacing("name   =", with: "modalities = \(value)\nname   =") }
        #expect(try ConfigurationReader.parse(text("[\"ct\", \"MR\"]"), path: "c.toml").routes[0].modalities == ["CT", "MR"])
        #expect(try ConfigurationReader.parse(Self.good, path: "c.toml").routes[0].modalities == nil)
        for value in ["[]", "[\"PET\"]", "\"CT\"", "[1]"] { #expect(problems(text(value)) == ["5 routes[0].modalities"]) }
    }

    @Test func `takes every option of the annotated example`() throws {
        let path = Checkout.root.appending(path: "Config/nnunetd.toml").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        _ = try ConfigurationReader.parse(text, path: path)
        let options = text.replacing(/(?m)^#([a-z_]+ *=)/) { String($0.output.1) }
        #expect(options != text)
        let configuration = try ConfigurationReader.parse(options, path: path)
        #expect(configuration.threads == 8)
        #expect(configuration.weightCache != nil)
        #expect(configuration.routes[0].postprocessing != nil)
        #expect(configuration.routes[0].minimumSlices == 1)
    }

    @Test func `keeps packed weights where systemd says, unless it is told where, or not to`() throws {
        func cache(_ keys: String, _ environment: [String: String] = [:]) throws -> ServiceConfiguration.WeightCache? {
            let text = Self.good.replacing("version = 1\n", with: "version = 1\n\(keys)\n")
            return try ConfigurationReader.parse(text, path: "c.toml", environment: environment).weightCache
        }
        let systemd = ["CACHE_DIRECTORY": "/var/cache/nnunetd:/var/cache/other"]
        #expect(try cache("") == nil)
        #expect(try cache("", systemd)?.folder == "/var/cache/nnunetd")
        #expect(try cache("", systemd)?.limit == 20 << 30)
        #expect(try cache("cache_directory = \"/big//weights/\"\ncache_limit_gib = 0.5", systemd)?.folder == "/big/weights")
        #expect(try cache("cache_directory = \"/big\"\ncache_limit_gib = 0.5")?.limit == 1 << 29)
        #expect(try cache("cache_limit_gib = 0", systemd) == nil)
    }

    @Test func `names line and key of an unknown key, with a hint`() {
        let text = Self.good.replacing("outbox =", with: "outbix =")
        #expect(problems(text) == ["4 routes[0].outbox", "7 routes[0].outbix"])
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationReader.parse(text, path: "c.toml") }
        #expect(error?.description.contains("did you mean outbox?") == true)
        #expect(error?.description.contains("c.toml: line 7, routes[0].outbix") == true)
    }

    @Test func `reports everything at once, by line`() {
        let text = """
            version = 2
            state_directory = "relative"
            polling = "often"
            settle_seconds = 0
            threads = "many"
            extra = { a = 1 }
            cache_directory = "cache"
            cache_limit_gib = -1
            [[routes]]
            name = "a"
            inbox = "/in/../other"
            outbox = 3
            step_size = 1.5
            mirroring = "yes"
            min_slices = 0
            [[routes.models]]
            folder = "/m"
            folds = [0, 0]
            [[routes]]
            name = "a"
            inbox = "/in"
            outbox = "/out"
            """
        #expect(
            problems(text) == [
                "1 version", "2 state_directory", "3 polling", "4 settle_seconds", "5 threads", "6 extra", "7 cache_directory",
                "8 cache_limit_gib", "11 routes[0].inbox", "12 routes[0].outbox", "13 routes[0].step_size", "14 routes[0].mirroring",
                "15 routes[0].min_slices", "18 routes[0].models[0].folds", "19 routes[1].models", "20 routes[1].name",
            ])
    }

    /// All that is said of a text, without the file's name.
    private func words(_ text: String) -> String {
        do {
            _ = try ConfigurationReader.parse(text, path: "c.toml")
            return ""
        } catch {
            return error.problems.map(\.description).joined(separator: "\n")
        }
    }

    @Test(arguments: [
        ("state_directory = \"/x", "line 2: the quote is not closed: \"/x; write \" where the text ends"),
        ("state_directory = '/x", "line 2: the quote is not closed: '/x; write ' where the text ends"),
        ("state_directory = /x", "line 2: /x is no value; a text needs quotes: \"/x\""),
        ("state_directory = /x\"", "line 2: /x\" is no value; a text needs quotes: \"/x\""),
        ("state_directory = “/x”", "line 2: “/x”: write a text between plain quotes, \" or '"),
        ("state_directory: \"/x\"", "line 2: write state_directory = ..., with = instead of :"),
        (
            "state_directory = \"C:\\data\"",
            "line 2: \\ does not begin an escape TOML knows; write \\\\ for a backslash, or the text in single quotes"
        ),
        ("state_directory =", "line 2: state_directory has no value; write one after ="),
        ("[[routes]", "line 2: the header is not closed; write [[routes]]"),
        ("folds = [0, 1\n[[routes]]", "line 2: the list is not closed; write a comma between its values and ] at its end"),
        ("mirroring = True", "line 2: True is no value; write true or false"),
        ("; text", "line 2: a comment starts with #"),
        ("version = 1", "line 2: version is there already, see line 1; keep one of them"),
        ("[routes]\n[[routes]]", "line 3: routes is no array of tables since line 2; write [[routes]] there too"),
        ("[.x]", "line 2: a name is missing before .x]; names are of letters, digits, _ and -"),
    ])
    func `says what is no TOML and how to write it`(lines: String, expected: String) {
        #expect(words("version = 1\n" + lines + "\n") == expected)
    }

    @Test func `says how tables of routes and models are written`() {
        let single = Self.good.replacing("[[routes]]", with: "[routes]").replacing(
            "[[routes.models]]", with: "[routes.model]", maxReplacements: 1)
        #expect(
            words(single).contains("line 4, routes: [routes] makes one table; write [[routes]], in double brackets, above each of them"))
        let models = Self.good.components(separatedBy: "\n").dropLast(3).joined(separator: "\n").replacing(
            "[[routes.models]]", with: "[routes.models]")
        #expect(
            words(models)
                == "line 9, routes[0].models: [routes.models] makes one table; write [[routes.models]], in double brackets, above each of them"
        )
        #expect(
            words(
                models.replacing(
                    "[routes.models]                      # several models make an ensemble\nfolder =", with: "models = [\"/m\"]\n#")
            )
            .contains("line 9, routes[0].models[0]: must be a table below a line [[routes.models]], found the text \"/m\""))
    }

    @Test(arguments: [
        (
            "outbox = \"/srv//out/./hippocampus\"", "threads = 2",
            "routes[0].threads: is not a known key; threads belongs at the top, above the first [[routes]]"
        ),
        ("version = 1", "inbox = \"/i\"", "inbox: is not a known key; inbox belongs below a line [[routes]]"),
        (
            "outbox = \"/srv//out/./hippocampus\"", "folds = [0]",
            "routes[0].folds: is not a known key; folds belongs below a line [[routes.models]]"
        ),
    ])
    func `says where a key in the wrong table belongs`(line: String, key: String, expected: String) {
        #expect(words(Self.good.replacing(line, with: line + "\n" + key)).contains(expected))
    }

    @Test(arguments: [
        (
            "settle_seconds = 600",
            "line 2, settle_seconds: settle_seconds (600) must be less than incomplete_after_seconds (600, the default)"
        ),
        (
            "incomplete_after_seconds = 15",
            "line 2, incomplete_after_seconds: settle_seconds (20, the default) must be less than incomplete_after_seconds (15)"
        ),
        ("poll_seconds = 900", "line 2, poll_seconds: poll_seconds (900) must be less than incomplete_after_seconds (600, the default)"),
    ])
    func `refuses times that contradict each other`(line: String, expected: String) {
        #expect(words(Self.good.replacing("version = 1", with: "version = 1\n" + line)).hasPrefix(expected))
    }

    @Test func `takes times that fit together`() {
        let times = "settle_seconds = 30\nincomplete_after_seconds = 30.5\npoll_seconds = 20"
        #expect(words(Self.good.replacing("version = 1", with: "version = 1\n" + times)) == "")
    }

    @Test func `says of a thousand mistakes the first fifty and how many more there are`() {
        let text = (0..<1000).map { "surplus\($0) = 1\n" }.joined()
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationReader.parse(text, path: "c.toml") }
        let lines = error?.description.split(separator: "\n") ?? []
        #expect(lines.count == 51)
        #expect(lines.last == "c.toml: and 953 more")
    }

    @Test func `wants a version, a state directory, routes and models`() {
        #expect(problems("") == ["- version", "- state_directory", "- routes"])
        #expect(
            problems("version = 1\nstate_directory = \"/x\"\n[[routes]]\nname=\"a\"\ninbox=\"/i\"\noutbox=\"/o\"") == ["3 routes[0].models"]
        )
    }

    @Test(arguments: ["", ".hidden", "a/b", "ä", "x y"])
    func `refuses a route name that is no plain word`(name: String) {
        #expect(problems(Self.good.replacing("\"hippocampus\"", with: "\"\(name)\"")) == ["5 routes[0].name"])
    }
}
