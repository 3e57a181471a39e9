import Foundation
import InboxProcessing
import ServiceHost
import TOML
import TestSupport
import Testing

struct `Checking a configuration` {
    let folder: TemporaryFolder
    init() throws {
        folder = try TemporaryFolder()
        for name in ["state", "in", "out", "in/inner"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
    }

    private func text(state: String = "state", inbox: String = "in", outbox: String = "out", model: String = "model") -> String {
        """
        version = 1
        state_directory = "\(folder.path)/\(state)"
        [[routes]]
        name = "a"
        inbox = "\(folder.path)/\(inbox)"
        outbox = "\(folder.path)/\(outbox)"
        [[routes.models]]
        folder = "\(folder.path)/\(model)"
        """
    }

    private func problems(_ text: String) throws -> [ConfigurationProblem] {
        let configuration = try ConfigurationReader.parse(text, path: "c.toml")
        do {
            _ = try ConfigurationCheck.run(configuration, text: text, path: "c.toml", factory: FakeFactory())
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `finds nothing wrong with folders that are there and apart`() throws {
        #expect(try problems(text()).isEmpty)
    }

    @Test func `names missing folders and broken models together`() throws {
        let found = try problems(text(state: "nowhere", inbox: "no", model: "broken"))
        #expect(found.map(\.key) == ["state_directory", "routes[0].inbox", "routes[0].models[0].folder"])
        #expect(found.map(\.line) == [2, 5, 8])
    }

    @Test func `starts without a folder that was there before and is away with its disk`() throws {
        let register = FolderRegister(stateDirectory: folder.file("state"))
        for name in ["in", "out"] {
            try register.confirm(folder.file(name), requiresMount: false)
            try FileManager.default.removeItem(atPath: folder.file(name))
        }
        let configuration = try ConfigurationReader.parse(text(), path: "c.toml")
        let result = try ConfigurationCheck.run(configuration, text: text(), path: "c.toml", factory: FakeFactory())
        #expect(result.warnings.count == 2)
        #expect(result.warnings.allSatisfy { $0.contains("was there before and is away") })
        #expect(try problems(text(outbox: "new")).map(\.key) == ["routes[0].outbox"])
    }

    @Test(arguments: [("in", "in"), ("in", "in/inner"), ("in/inner", "in"), ("in", "state"), ("state", "out")])
    func `refuses folders that overlap`(inbox: String, outbox: String) throws {
        #expect(try !problems(text(inbox: inbox, outbox: outbox)).isEmpty)
    }

    /// The problems with a cache folder, which need not be there.
    private func problems(cache: String) throws -> [ConfigurationProblem] {
        try problems(text().replacing("version = 1\n", with: "version = 1\ncache_directory = \"\(folder.path)/\(cache)\"\n"))
    }

    @Test(arguments: ["cache", "new/cache/below"]) func `takes a cache apart from all other folders`(cache: String) throws {
        #expect(try problems(cache: cache).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder.file("new")))
    }

    @Test(arguments: [
        ("in", "routes[0].inbox"), ("in/inner", "routes[0].inbox"), ("in/new/cache", "routes[0].inbox"), ("out/cache", "routes[0].outbox"),
        ("state", "cache_directory"), ("state/cache", "cache_directory"), (".", "cache_directory"),
    ])
    func `refuses a cache that overlaps with another folder, made or not`(cache: String, key: String) throws {
        #expect(try problems(cache: cache).first?.key == key)
    }

    @Test func `sees a cache behind a link in a folder above it`() throws {
        try FileManager.default.createSymbolicLink(atPath: folder.file("alias"), withDestinationPath: folder.file("in"))
        #expect(try problems(cache: "alias/new").map(\.key) == ["routes[0].inbox"])
    }

    @Test func `sees an overlap behind a link`() throws {
        try FileManager.default.createSymbolicLink(atPath: folder.file("alias"), withDestinationPath: folder.file("in/inner"))
        #expect(try problems(text(outbox: "alias")).map(\.key) == ["routes[0].outbox"])
    }

    @Test func `refuses a file where a folder should be`() throws {
        try Data().write(to: URL(filePath: folder.file("file")))
        #expect(try problems(text(outbox: "file")).map(\.line) == [6])
    }

    @Test func `says in plain words what would be done`() throws {
        let configuration = try ConfigurationReader.parse(text(), path: "c.toml")
        let check = try ConfigurationCheck.run(configuration, text: text(), path: "c.toml", factory: FakeFactory())
        let lines = configuration.description(of: check)
        #expect(
            lines.contains {
                $0.contains("takes cases from \(folder.path)/in (watched through inotify, and read every 60 s in any case)")
                    || $0.contains("read every 10 s")
            }
        )
        #expect(lines.contains { $0.contains("not changed for 20 s") && $0.contains("10 min") })
        #expect(lines.contains("Prepared weights are not kept between starts."))
        #expect(lines.contains("  a case is one NIfTI file or DICOM series (CT or MR)"))
    }

    /// The check ahead of a start, of a unit with these lines that runs as the user of this test.
    private func check(_ text: String, unit: String, temporaryFiles: String = "") throws -> (problems: [String], others: [String]) {
        let user = try #require(ServiceAccount.current?.user)
        for (name, content) in [("units/nnunetd.service", "[Service]\nUser=\(user)\n\(unit)\n"), ("tmpfiles/a.conf", temporaryFiles)] {
            let url = URL(filePath: folder.file(name))
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: url)
        }
        let surroundings = ServiceSurroundings.become(unitFolders: [folder.file("units")], temporaryFilesFolders: [folder.file("tmpfiles")])
        let configuration = try ConfigurationReader.parse(text, path: "c.toml")
        do {
            let result = try ConfigurationCheck.run(
                configuration, text: text, path: "c.toml", factory: FakeFactory(), surroundings: surroundings)
            return ([], result.notes + result.warnings)
        } catch {
            return (error.problems.map(\.description), error.notes + error.warnings)
        }
    }

    @Test func `tells ahead of a start which line the unit lacks for a folder`() throws {
        let inside = try check(text(), unit: "ProtectSystem=strict\nReadWritePaths=\(folder.path)")
        #expect(inside.problems.isEmpty)
        let outside = try check(text(), unit: "ProtectSystem=strict\nReadWritePaths=\(folder.path)/state \(folder.path)/in")
        #expect(
            outside.problems == [
                "line 6, routes[0].outbox: ProtectSystem=strict of the unit keeps the service from writing to \(folder.path)/out; run sudo systemctl edit nnunetd and add the lines [Service] and ReadWritePaths=\(folder.path)/out"
            ])
    }

    @Test func `tells ahead of a start what the unit hides, models as well`() throws {
        let found = try check(text(), unit: "InaccessiblePaths=\(folder.path)/in \(folder.path)/model")
        #expect(found.problems.count == 2)
        #expect(found.problems.first?.hasPrefix("line 5, routes[0].inbox: InaccessiblePaths=\(folder.path)/in of the unit hides") == true)
        #expect(found.problems.last?.hasPrefix("line 8, routes[0].models[0].folder: InaccessiblePaths=") == true)
    }

    @Test func `does not ask for folders that systemd makes`() throws {
        let name = "nnunetd-test-\(getpid())"
        let text = text(inbox: "later").replacing("\(folder.path)/state", with: "/var/lib/\(name)")
        let found = try check(text, unit: "StateDirectory=\(name)", temporaryFiles: "d \(folder.path)/later 2770 root root -\n")
        #expect(found.problems.isEmpty)
        #expect(found.others.contains("state_directory: systemd makes /var/lib/\(name) when it starts the service."))
        #expect(found.others.contains { $0.contains("sudo systemd-tmpfiles --create makes it") })
    }

    @Test func `gives the command that makes a missing folder`() throws {
        let account = try #require(ServiceAccount.current)
        let found = try check(text(inbox: "new inbox", outbox: "new"), unit: "")
        let command = "sudo install -d -o \(account.user) -g \(account.group) -m"
        #expect(found.problems.first?.hasSuffix("make it: \(command) 2770 \"\(folder.path)/new inbox\"") == true)
        #expect(found.problems.last?.hasSuffix("make it: \(command) 2750 \(folder.path)/new") == true)
    }

    @Test func `says as whom it checked`() throws {
        let user = try #require(ServiceAccount.current?.user)
        #expect(try check(text(), unit: "").others.first == "Checked as \(user), the user of \(folder.path)/units/nnunetd.service.")
        try FileManager.default.removeItem(atPath: folder.file("units/nnunetd.service"))
        #expect(
            ServiceSurroundings.become(unitFolders: [folder.file("units")], temporaryFilesFolders: []).notes
                == ["Checked as \(user); no nnunetd.service is installed, so that nothing is known of its user and its sandbox."])
    }

    @Test func `sees what earlier runs left in the state directory that the service can't use`() throws {
        #expect(try check(text(), unit: "").problems.isEmpty)
        try FileManager.default.createDirectory(atPath: folder.file("state/journal.sqlite"), withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: folder.file("state/work")))
        let problems = try check(text(), unit: "").problems
        #expect(problems.count == 1)
        #expect(problems[0].contains("journal.sqlite is a folder") && problems[0].contains("1 more"), "\(problems)")
    }

    @Test func `leaves nothing behind in the folders it tries`() throws {
        _ = try check(text(), unit: "")
        for name in ["in/inner", "out", "state"] {
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file(name)).isEmpty)
        }
    }

    @Test func `warns of settings that can hardly be meant`() throws {
        let keys = "threads = 1024\nmemory_budget_gib = 65536\ncache_directory = \"\(folder.path)/cache\"\ncache_limit_gib = 65536\n"
        let text = text().replacing("version = 1\n", with: "version = 1\n" + keys).replacing(
            "name = \"a\"", with: "name = \"a\"\nstep_size = 0.1")
        let configuration = try ConfigurationReader.parse(text, path: "c.toml")
        let warnings = try ConfigurationCheck.run(configuration, text: text, path: "c.toml", factory: FakeFactory()).warnings
        for key in ["threads: ", "memory_budget_gib: ", "cache_limit_gib: ", "routes[0].step_size: "] {
            #expect(warnings.contains { $0.hasPrefix(key) }, "\(key) in \(warnings)")
        }
    }

    @Test func `refuses a model inside an inbox, where it would be a case`() throws {
        #expect(try problems(text(model: "in/model")).map(\.key) == ["routes[0].models[0].folder"])
    }
}

/// With the bundled model.
struct `Checking a route's models` {
    let folder: TemporaryFolder
    init() throws {
        folder = try TemporaryFolder()
        for name in ["state", "in", "out"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
    }

    private let model = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")

    private func check(_ top: String = "", recipe: String? = nil, models: [String]) throws -> (lines: [String], problems: [String]) {
        let tables = models.map { "[[routes.models]]\nfolder = \"\($0)\"\n" }.joined()
        if let recipe { try Data(recipe.utf8).write(to: URL(filePath: folder.file("postprocessing.json"))) }
        let text = """
            version = 1
            state_directory = "\(folder.path)/state"
            \(top)
            [[routes]]
            name = "a"
            inbox = "\(folder.path)/in"
            outbox = "\(folder.path)/out"
            \(recipe == nil ? "" : "postprocessing = \"\(folder.path)/postprocessing.json\"")
            \(tables)
            """
        let configuration = try ConfigurationReader.parse(text, path: "c.toml")
        do {
            let result = try ConfigurationCheck.run(
                configuration, text: text, path: "c.toml", factory: ModelEngineFactory(configuration) { _ in })
            return (configuration.description(of: result), [])
        } catch {
            return ([], error.problems.map(\.description))
        }
    }

    private func recipe(_ labels: String) -> String {
        """
        {"postprocessing_fns": ["remove_all_but_largest_component_from_segmentation"], "postprocessing_kwargs": [{"labels_or_regions": \(labels)}]}
        """
    }

    @Test func `shows which labels postprocessing cuts`() throws {
        let found = try check(recipe: recipe("[1, 3]"), models: [model])
        #expect(
            found.lines.contains("    of liver (1) and spine (3) only the largest component stays, the rest becomes background (0)"),
            "\(found)")
    }

    @Test func `refuses postprocessing of labels that the model lacks`() throws {
        let found = try check(recipe: recipe("[1, 7]"), models: [model])
        #expect(found.problems.count == 1)
        #expect(
            found.problems.first?.contains(
                "routes[0].postprocessing: \(folder.path)/postprocessing.json names label 7, which the model lacks; it has background (0), liver (1)"
            ) == true,
            "\(found)")
    }

    @Test func `warns of a model that counts twice, also as a copy`() throws {
        let once = try check(models: [model]).lines
        #expect(!once.contains { $0.contains("count twice") })
        let copy = folder.file("nnUNetTrainer__nnUNetPlansSmall__2d")
        try FileManager.default.copyItem(atPath: model, toPath: copy)
        for second in [model, copy] {
            let lines = try check(models: [model, second]).lines
            #expect(lines.contains { $0.hasPrefix("Warning: routes[0].models[1].folder: holds the checkpoints of models[0]") }, "\(lines)")
        }
    }

    @Test func `warns of budgets that hold no model`() throws {
        let top = "memory_budget_gib = 0.000001\ncache_limit_gib = 0.000001\ncache_directory = \"\(folder.path)/cache\""
        let lines = try check(top, models: [model]).lines
        #expect(lines.contains { $0.contains("more than memory_budget_gib") })
        #expect(lines.contains { $0.contains("more than cache_limit_gib") })
    }
}
