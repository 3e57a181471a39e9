import Foundation
import TestSupport
import Testing

/// `nnunetd --check` of a route with two models.
struct `The check of an ensemble` {
    @Test func `refuses models that mean different things, and names both`() throws {
        let daemon = try DaemonProcess()
        let other = daemon.folder.file("other")
        try PhantomModel.copy(to: other, replacing: ["\"kidney\"": "\"kidneys\""])
        let models = "\n[[routes.models]]\nfolder = \"\(other)\"\n"
        let text = try String(contentsOfFile: daemon.configuration, encoding: .utf8)
        try Data((text + models).utf8).write(to: URL(filePath: daemon.configuration))
        try daemon.start(["--check"])
        #expect(daemon.wait() == 78)
        let problem = "\(other): its labels (0 background, 1 liver, 2 kidneys, 3 spine) differ from those of \(PhantomModel.slices)"
        #expect(daemon.log.contains(problem), "\(daemon.log)")
    }
}
