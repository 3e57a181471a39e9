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
                "17 routes[0].models[0].folds", "18 routes[1].models", "19 routes[1].name",
            ])
    }

    @Test func `names the line of what is no TOML`() {
        #expect(problems("version = 1\nstate_directory = \"/x\n") == ["2 -"])
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
