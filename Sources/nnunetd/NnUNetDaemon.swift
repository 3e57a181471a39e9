import ArgumentParser
import CasePrediction
import Files
import Glibc
import InboxProcessing
import Ledger
import Logging
import ServiceHost

/// Watches inbox folders and publishes segmentations in outboxes.
@main
struct NnUNetDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nnunetd",
        abstract: "Watch inbox folders, segment the cases dropped there with nnU-Net models, and publish the results in outbox folders.",
        discussion: """
            EXAMPLES
              nnunetd --config /etc/nnunetd/nnunetd.toml --check
              nnunetd --config /etc/nnunetd/nnunetd.toml

            SIGTERM parks the running case and ends; SIGHUP reads the configuration anew. Exit status 78 means that the configuration \
            is wrong, or the state directory is of a newer version.
            """,
        version: "\(Software.name) \(Software.version)")

    @Option(help: "The configuration file.")
    var config = "/etc/nnunetd/nnunetd.toml"

    @Flag(help: "Check the configuration, folders and models as the installed service would meet them, print what would be done, and end.")
    var check = false

    @Flag(help: "Note how the service manager says that the service ended, for the next start; for ExecStopPost=.")
    var recordEnd = false

    func run() async throws {
        LoggingSystem.bootstrap { _ in ServiceLogging.makeHandler(identifier: Software.name) }
        do {
            if recordEnd { return try Daemon.recordEnd(configurationPath: config) }
            let daemon = try Daemon(configurationPath: config, logger: Logger(label: Software.name), asInstalled: check)
            if check { return print(daemon.description) }
            try await daemon.run()
        } catch let error as ConfigurationError {
            let logger = Logger(label: Software.name)
            for note in error.notes { logger.notice("\(note)") }
            for warning in error.warnings { logger.warning("\(warning)") }
            complain("\(error)")
            throw ExitCode(EX_CONFIG)
        } catch let error as Problem where error.kind == .unsupported {  // a ledger of a newer version: starting again doesn't help
            complain("\(error)")
            throw ExitCode(EX_CONFIG)
        } catch {
            complain("\(error)")
            throw ExitCode(EXIT_FAILURE)
        }
    }

    private func complain(_ text: String) {
        let logger = Logger(label: Software.name)
        for line in text.split(separator: "\n") { logger.critical("\(line)") }
    }
}
