import Foundation
import Glibc
import Synchronization

/// A web server on 127.0.0.1 with one file, as well or as badly behaved as a test needs it.
package final class FileServer: Sendable {
    /// How it behaves.
    package struct Behaviour: Sendable {
        /// Whether it sends parts that are asked for.
        package var sendsParts = true
        /// Whether it says how long a reply is.
        package var saysLength = true
        /// The file's entity tag; nil for none.
        package var tag: String? = "\"1\""
        /// After how many bytes of a body it breaks off; one entry for each reply, then no more.
        package var breaks: [Int] = []
        /// What it says the file is.
        package var type = "application/zip"
    }

    /// The file, at any path but those of `special`.
    private let state: Mutex<(content: [UInt8], behaviour: Behaviour, requests: [String])>
    private let listener: Int32
    private let port: Int

    /// Begins to serve.
    package init(_ content: [UInt8]) throws {
        state = Mutex((content, Behaviour(), []))
        let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        listener = opened
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutableBytes(of: &address) { bytes -> Bool in
            guard let base = bytes.baseAddress else { return false }
            let place = base.assumingMemoryBound(to: sockaddr.self)
            return bind(opened, place, length) == 0 && listen(opened, 16) == 0 && getsockname(opened, place, &length) == 0
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        let served = Served(server: self)
        Thread.detachNewThread {
            while let connection = Self.accept(opened) {
                guard let server = served.server else {
                    close(connection)
                    break
                }
                server.serve(connection)
            }
            // Not before: another server may get the number, and this thread would take its visitors.
            close(opened)
        }
    }

    private final class Served: Sendable {
        weak let server: FileServer?
        init(server: FileServer) { self.server = server }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// The address of a path.
    package func address(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

    /// Changes what it does from now on.
    package func behave(_ change: (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }

    /// Replaces the file.
    package func serve(_ content: [UInt8], tag: String) {
        state.withLock {
            $0.content = content
            $0.behaviour.tag = tag
        }
    }

    /// Every request so far: `GET /model.zip`, and the range that was asked for.
    package var requests: [String] { state.withLock { $0.requests } }

    private static func accept(_ listener: Int32) -> Int32? {
        let connection = Glibc.accept(listener, nil, nil)
        return connection < 0 ? nil : connection
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var text = "", buffer = [UInt8](repeating: 0, count: 4096)
        while !text.contains("\r\n\r\n") {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        let lines = text.components(separatedBy: "\r\n"), path = String(lines[0].split(separator: " ")[1].dropFirst())
        func field(_ name: String) -> String? {
            lines.first { $0.lowercased().hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
        }
        let start = field("range").flatMap { Int($0.dropFirst("bytes=".count).prefix { $0.isNumber }) }
        let (head, body) = state.withLock { state in
            state.requests.append("GET /\(path)" + (start.map { " from \($0)" } ?? ""))
            return reply(to: path, from: start, ifTag: field("if-range"), &state.behaviour, state.content)
        }
        send(connection, Array((head + "Connection: close\r\n\r\n").utf8) + body)
    }

    /// Status line with header, and body.
    private func reply(
        to path: String, from start: Int?, ifTag: String?, _ behaviour: inout Behaviour, _ content: [UInt8]
    ) -> (String, [UInt8]) {
        switch path {
        case "missing": return ("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n", Array("sorry".utf8))
        case "moved": return ("HTTP/1.1 302 Found\r\nLocation: /model.zip\r\nContent-Length: 0\r\n", [])
        case "circle": return ("HTTP/1.1 302 Found\r\nLocation: /circle\r\nContent-Length: 0\r\n", [])
        case "elsewhere": return ("HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/model.zip\r\nContent-Length: 0\r\n", [])
        case "page": return ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n", Array("<html>".utf8))
        default: break
        }
        var head = "HTTP/1.1 200 OK\r\n", body = content
        if let start, behaviour.sendsParts, behaviour.tag != nil, ifTag == behaviour.tag {
            guard start < content.count else {
                return ("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */\(content.count)\r\nContent-Length: 0\r\n", [])
            }
            body = Array(content[start...])
            head = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes \(start)-\(content.count - 1)/\(content.count)\r\n"
        }
        if behaviour.saysLength { head += "Content-Length: \(body.count)\r\n" }
        if let tag = behaviour.tag { head += "ETag: \(tag)\r\n" }
        let end = behaviour.breaks.isEmpty ? body.count : min(behaviour.breaks.removeFirst(), body.count)
        return (head + "Content-Type: \(behaviour.type)\r\n", Array(body[..<end]))
    }

    private func send(_ connection: Int32, _ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            sent += count
        }
    }
}
