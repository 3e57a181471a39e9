import Dispatch
import Glibc

/// SIGHUP as a stream: a request to read the configuration anew. Several before one is taken count as one.
public final class HangupSignals: Sendable {
    /// One element for each request.
    public let requests: AsyncStream<Void>
    nonisolated(unsafe) private let source: any DispatchSourceSignal  // dispatch sources are thread-safe, only not marked so

    /// Takes SIGHUP over from its default, which would end the process.
    public init() {
        signal(SIGHUP, SIG_IGN)
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        source.setEventHandler { continuation.yield() }
        source.resume()
        requests = stream
        self.source = source
    }

    /// Ends the stream's source.
    public func cancel() { source.cancel() }
}
