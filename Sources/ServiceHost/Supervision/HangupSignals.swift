import Dispatch
import Glibc
import ServiceLifecycle

/// SIGHUP, a request to read the configuration anew, answered until the service ends. Several before one is taken count as one.
package final class HangupSignals: Service {
    private let requests: AsyncStream<Void>
    private let answer: @Sendable () async -> Void
    nonisolated(unsafe) private let source: any DispatchSourceSignal  // dispatch sources are thread-safe, only not marked so

    /// Takes SIGHUP over from its default, which would end the process.
    package init(answer: @escaping @Sendable () async -> Void) {
        signal(SIGHUP, SIG_IGN)
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        source.setEventHandler { continuation.yield() }
        source.resume()
        requests = stream
        self.answer = answer
        self.source = source
    }

    /// Answers requests one after another until the service ends.
    package func run() async throws {
        for await _ in requests.cancelOnGracefulShutdown() { await answer() }
        source.cancel()
    }
}
