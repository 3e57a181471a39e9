import Foundation
import Glibc

/// Standard output and standard error.
enum Console {
    /// Whether standard error is a terminal, where a progress bar may redraw its line.
    static let isTerminal = isatty(STDERR_FILENO) == 1

    /// One line on standard output.
    static func line(_ text: String) {
        write(text + "\n", to: STDOUT_FILENO)
    }

    /// One line on standard error.
    static func error(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    /// One line on standard error, behind the program's name.
    static func problem(_ text: String) {
        error("\(ProgramName.speaker): \(text)")
    }

    /// Text without a line end on standard error.
    static func draw(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
