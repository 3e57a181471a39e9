import ArgumentParser
import Downloads
import Files
import TrainedModels

/// `nnUNetv2_download_pretrained_model_by_url`
struct DownloadPretrainedModelByURLCommand: NnUNetCommand {
    static let ownName = "download_pretrained_model_by_url"
    static let optionWords = ["--overwrite", "--sha256", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Fetch an archive of models and put them into nnUNet_results.",
        discussion: """
            What was fetched lies in a hidden file in nnUNet_results until the models are installed, as \
            install_pretrained_model_from_zip does it. Where the connection breaks or Ctrl-C stops it, the same command goes on there, \
            if the server can send the rest of the same version. A proxy is taken from https_proxy and http_proxy.

            Differs from nnU-Net: broken downloads go on; a server that says no length will do; --sha256 compares the archive before it \
            is opened; an archive is checked as a whole, and a model that is there with other content is kept unless --overwrite says \
            otherwise; from an https address no redirect leads to one that is not.

            EXAMPLES
              \(prompt) https://example.org/model.zip
              \(prompt) \\
                https://example.org/model.zip --overwrite \\
                --sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
            """,
        version: ProgramName.version)

    @Argument(help: "The archive's address, http or https.")
    var url: String

    @Option(name: .customLong("sha256"), help: "SHA-256 that the archive must have, 64 hexadecimal digits.")
    var expectedDigest: String?

    @Flag(name: .customLong("overwrite"), help: "Replace models that are there with other content.")
    var overwrites = false

    func validate() throws {
        guard WebAddress(url) != nil else { throw ValidationError("the address must begin with http:// or https://, and a server's name") }
        if let expectedDigest, expectedDigest.wholeMatch(of: /[0-9A-Fa-f]{64}/) == nil {
            throw ValidationError("--sha256 takes 64 hexadecimal digits")
        }
    }

    func run() throws {
        guard let address = WebAddress(url) else { return }
        let results = try NnUNetFolders().path(of: .results)
        try makeFolder(results)
        let key = SHA256.hexadecimal(SHA256.digest(of: Array(url.utf8).span.bytes)).prefix(16)
        let part = try PartialFile(path: "\(results)/.download-\(key).part")
        try fetch(address, into: part)
        try requireDigest(of: part, address)
        let content: ModelArchive
        do throws(Problem) {
            content = try ModelArchive(path: part.path)
        } catch {
            try part.remove()
            throw Failure(.badInput, "\(address.shown): fetched, and removed again: \(error.finding)")
        }
        try ModelInstaller(results: results, overwrites: overwrites).install(content, called: address.shown)
        try part.remove()
    }

    private func fetch(_ address: WebAddress, into part: PartialFile) throws {
        if part.canGoOn { Console.line("\(address.shown): going on after \(Self.text(part.size))") }
        let display = ProgressDisplay(isEnabled: true)
        let download = Download(address, beginning: Array("PK".utf8), agent: "\(ProgramName.own)/\(ProgramName.version)")
        defer { display.clear() }
        do throws(Problem) {
            try download.fetch(into: part) { received, total in
                display.update("MiB fetched", completed: received >> 20, total: (total ?? 0) >> 20)
                return !Interruption.isRequested
            }
        } catch {
            display.clear()
            let kept: String
            if part.canGoOn {
                kept = "; \(Self.text(part.size)) are kept in \(part.path), where the same command goes on"
            } else {
                kept = part.size > 0 ? "; the server does not say of which version it is, so the same command begins anew" : ""
                try part.remove()
            }
            switch error.kind {
            case .cancelled: throw Failure(.interrupted, "stopped on request" + kept)
            case .unavailable: throw Failure(.unreachable, "\(error)" + kept)
            default: throw error
            }
        }
        Console.line("\(address.shown): \(Self.text(part.size)) fetched")
    }

    private func requireDigest(of part: PartialFile, _ address: WebAddress) throws {
        guard let expected = expectedDigest?.lowercased() else { return }
        let found = try part.digest()
        guard found != expected else { return }
        try part.remove()
        throw Failure(.badInput, "\(address.shown): fetched, and removed again: its SHA-256 is \(found), expected \(expected)")
    }

    private static func text(_ bytes: Int) -> String { bytes < 1 << 20 ? "\(bytes) bytes" : "\(bytes >> 20) MiB" }
}
