import Files
import InboxProcessing
import SystemPackage
import Testing

struct `Taking names out of a text` {
    private func redacted(_ text: String, _ names: String...) -> String { NameRedactor(names: names).redact(text) }

    @Test func `finds a dropped path however it was cut, joined or made safe`() {
        let name = "Müller^Hans_H_1956-03-02/Abdomen Hans.nii.gz"
        for text in [
            name, "Müller^Hans_H_1956-03-02", "Müller_Hans_H_1956-03-02", "Abdomen Hans.nii.gz", "Abdomen_Hans_0001", "MÜLLER", "hans",
            "Mu\u{308}ller",
        ] {
            let shown = redacted("can't use \(text) here", name)
            for word in ["ller", "LLER", "ans", "1956", "bdomen"] { #expect(!shown.contains(word), "\(shown)") }
            #expect(shown.hasPrefix("can't use <name>") && shown.hasSuffix(" here"), "\(shown)")
        }
    }

    @Test func `leaves one mark where a name stood, and every other word`() {
        #expect(redacted("/srv/in/Doe Jane/ct.nii.gz: is damaged", "Doe Jane/ct.nii.gz") == "/srv/in/<name>: is damaged")
        #expect(
            redacted("12 of 30 slices of f/1.dcm are there", "f/1.dcm", "f/12.dcm", "f/30.dcm") == "12 of 30 slices of f/1.dcm are there")
        #expect(redacted("The series' completeness was assumed", "series_5_1234") == "The series' completeness was assumed")
        #expect(redacted("series_5_doe is damaged", "series_5_doe") == "<name> is damaged")
        #expect(redacted("missing: doe_0001.nii.gz", "doe_0000.nii.gz") == "missing: <name>_0001.nii.gz")
    }

    @Test func `leaves out text from within files, which is shown where names are`() {
        let text = "Echo Time (ms) is 4 or 8, Convolution Kernel is \u{2068}DOE^JANE\u{2069} or \u{2068}\u{2069}absent"
        #expect(redacted(text) == "Echo Time (ms) is 4 or 8, Convolution Kernel is <value> or <value>absent")
        let shown: LogText = "\(free: text)"
        #expect(shown.shown(nil) == "Echo Time (ms) is 4 or 8, Convolution Kernel is DOE^JANE or absent")
        #expect(redacted("unfinished \u{2068}DOE") == "unfinished <value>")
    }

    @Test func `knows names of any script, and bytes that are no text`() {
        #expect(redacted("王: is damaged", "王/1.dcm") == "<name>: is damaged")
        let path = FilePath(bytes: Array("M".utf8) + [0xFC] + Array("ller.nii".utf8)).shown
        #expect(!redacted("\(path) is there", path).contains("ller"))
    }

    @Test func `cuts what strangers named below the service's folders, known or not`() throws {
        let redactor = NameRedactor(names: [], places: .init(try ServiceConfiguration.forTests))
        #expect(redactor.redact("/in/Jane Doe/x: can't be listed: gone.") == "/in/<name>: can't be listed: gone.")
        let work = StateLayout(root: "/state").work
        #expect(redactor.redact(work + "/bcdfg234/input/Jane (2 files)") == work + "/bcdfg234/<name> (2 files)")
        #expect(redactor.redact("/state/processed/liver/Jane") == "/state/processed/liver/<name>")
        #expect(redactor.redact("/out/.nnunetd/bcdfg234/Jane, and /in") == "/out/.nnunetd/bcdfg234/<name>, and /in")
    }
}

struct `Text for the log` {
    private let text: LogText = "Case \(site: "bcdfg234"), \(3) files: \(name: "Jane"); \(free: "Jane's scan is damaged")"

    @Test func `holds names only where the site wants them`() {
        #expect(text.shown(NameRedactor(names: ["Jane"])) == "Case bcdfg234, 3 files: <name>; <name>'s scan is damaged")
        #expect(text.shown(nil) == "Case bcdfg234, 3 files: Jane; Jane's scan is damaged")
    }
}

extension ServiceConfiguration {
    /// One route, `liver`, from `/in` to `/out`.
    static var forTests: ServiceConfiguration {
        get throws(ConfigurationError) {
            try ConfigurationReader.parse(
                """
                version = 1
                state_directory = "/state"
                [[routes]]
                name = "liver"
                inbox = "/in"
                outbox = "/out"
                [[routes.models]]
                folder = "/model"
                """, path: "test")
        }
    }
}
