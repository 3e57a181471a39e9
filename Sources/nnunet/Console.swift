import Files
import Foundation

/// Standard output and standard error.
enum Console {
    /// Whether standard error is a terminal, where a progress bar may redraw its line.
    static let isTerminal = StandardStream.error.isTerminal

    /// One line on standard output.
    static func line(_ text: String) {
        StandardStream.output.write(ForeignText.plain(text) + "\n")
    }

    /// One line on standard error.
    static func error(_ text: String) {
        StandardStream.error.write(ForeignText.plain(text) + "\n")
    }

    /// One line on standard error, behind the program's name.
    static func problem(_ text: String) {
        error("\(ProgramName.speaker): \(text)")
    }

    /// Names what is passed over, a line each; of many files of one folder with one reason the first three and how many more there are.
    static func passedOver(_ others: [(path: String, reason: String)]) {
        var more: [(folder: String, reason: String)] = []
        var counts: [[String]: Int] = [:]
        for other in others {
            let folder = URL(filePath: other.path).deletingLastPathComponent().path
            let count = counts[[folder, other.reason], default: 0] + 1
            counts[[folder, other.reason]] = count
            if count <= 3 { problem("\(other.path): passed over: \(other.reason)") }
            if count == 4 { more.append((folder, other.reason)) }
        }
        for kind in more {
            let count = (counts[[kind.folder, kind.reason]] ?? 3) - 3
            problem("\(kind.folder): passed over: \(count) more for the same reason: \(kind.reason)")
        }
    }

    /// Text without a line end on standard error.
    static func draw(_ text: String) {
        StandardStream.error.write(text)
    }
}
