import Foundation
import NIfTI
import TestSupport
import Testing

/// One of nnU-Net's own runs in the reference: what was there before, the call, and the files that it left.
struct UpstreamRun: Decodable {
    let name: String
    let command: String
    /// `{W}` stands for the work folder.
    private let args: [String]
    private let trees: [String]
    private let follows: String?
    private let mentions: [String]?
    /// Written or changed, below the work folder.
    let files: [String]

    /// Which of the reference's two lists it is in.
    enum Area: String {
        case commands
        case planning

        var folder: String { SharedReference.path("commands/" + rawValue) }
    }

    private var area = Area.commands

    private enum Key: String, CodingKey { case name, command, args, trees, follows, mentions, files }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        name = try values.decode(String.self, forKey: .name)
        command = try values.decode(String.self, forKey: .command)
        var list = try values.nestedUnkeyedContainer(forKey: .args)
        var args: [String] = []
        while !list.isAtEnd { args.append(try (try? list.decode(String.self)) ?? String(list.decode(Int.self))) }
        self.args = args
        trees = try values.decode([String].self, forKey: .trees)
        follows = try values.decodeIfPresent(String.self, forKey: .follows)
        mentions = try values.decodeIfPresent([String].self, forKey: .mentions)
        files = try values.decode([String].self, forKey: .files)
    }

    /// The run of a name.
    static func named(_ name: String, in area: Area = .commands) throws -> UpstreamRun {
        try #require(try list(area).first { $0.name == name })
    }

    /// Every run of a command; none where the reference is absent.
    static func all(of command: String, in area: Area) throws -> [UpstreamRun] {
        SharedReference.isAvailable ? try list(area).filter { $0.command == command } : []
    }

    private static func list(_ area: Area) throws -> [UpstreamRun] {
        var runs = try JSONDecoder().decode([UpstreamRun].self, from: Data(contentsOf: URL(filePath: area.folder + "/index.json")))
        for index in runs.indices { runs[index].area = area }
        return runs
    }

    /// Copies what was there before into a work folder, and does the run that this one goes on from.
    func prepare(in work: String) throws {
        if let follows {
            let before = try Self.named(follows, in: area)
            try before.prepare(in: work)
            #expect(try before.run(in: work).status == 0)
            return
        }
        for tree in trees { try copy(area.folder + "/trees/" + tree, to: work) }
    }

    /// Copies what was there before, the files that upstream left in the run that this one goes on from included.
    func prepareByFiles(in work: String) throws {
        for tree in trees { try copy(area.folder + "/trees/" + tree, to: work) }
        if let follows { try copy(area.folder + "/after/" + follows, to: work) }
    }

    private func copy(_ source: String, to work: String) throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: source) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: source + "/" + name, isDirectory: &isFolder)
            if isFolder.boolValue {
                try FileManager.default.createDirectory(atPath: work + "/" + name, withIntermediateDirectories: true)
            } else {
                try Data(contentsOf: URL(filePath: source + "/" + name)).write(to: URL(filePath: work + "/" + name))
            }
        }
    }

    /// Calls our command as nnU-Net's was called.
    func run(in work: String, adding options: [String] = []) throws -> Command.Outcome {
        var environment = ["nnUNet_def_n_proc": "3"]
        for root in ["raw", "preprocessed", "results"] { environment["nnUNet_" + root] = work + "/" + root }
        return try Command.run(
            args.map { $0.replacing("{W}", with: work) } + options, as: "nnUNetv2_" + command, environment: environment, in: work)
    }

    /// Expects that the call fails and names what upstream's message must name.
    func expectFailure(_ outcome: Command.Outcome, status: Int32) {
        #expect(outcome.status == status, "\(outcome.errors)")
        for word in mentions ?? [] { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    }

    /// Expects every file that upstream wrote: texts to the letter, label maps by voxel and grid. Pickles and zips are their own tests'.
    ///
    /// - `changes`: what stands in upstream's texts, and what stands in ours.
    func expectFiles(in work: String, replacing changes: [String: String] = [:]) throws {
        for file in files {
            let (ours, theirs) = (work + "/" + file, area.folder + "/after/\(name)/" + file)
            guard FileManager.default.fileExists(atPath: ours) else {
                Issue.record("\(file) is not there")
                continue
            }
            guard FileManager.default.fileExists(atPath: theirs) else { continue }
            if file.hasSuffix(".nii.gz") {
                let found = try readLabels(path: ours)
                let expected = try readLabels(path: theirs)
                #expect(found.source == expected.source, "\(file)")
                #expect(found.labels.voxels.values == expected.labels.voxels.values, "\(file)")
            } else if file.hasSuffix(".json") || file.hasSuffix(".txt") {
                var expected = try String(contentsOfFile: theirs, encoding: .utf8).replacing("{W}", with: work)
                for (old, new) in changes { expected = expected.replacing(old, with: new) }
                #expect(try String(contentsOfFile: ours, encoding: .utf8) == expected, "\(file)")
            }
        }
    }
}
