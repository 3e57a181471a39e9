import Dispatch
import Foundation
import Synchronization

/// Listens where a service manager would (`NOTIFY_SOCKET`) and keeps what a daemon says of itself.
final class NotifySocket: Sendable {
    let path: String
    private let said = Mutex("")
    nonisolated(unsafe) private let source: any DispatchSourceRead  // dispatch sources are thread-safe, only not marked so

    init(path: String) throws {
        self.path = path
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard descriptor >= 0, bound == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        source.setEventHandler { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { self?.said.withLock { $0 += String(decoding: buffer[..<count], as: UTF8.self) + "\n" } }
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    deinit { source.cancel() }

    /// Everything said so far.
    var text: String { said.withLock { $0 } }
}
