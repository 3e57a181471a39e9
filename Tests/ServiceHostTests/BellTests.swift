import ServiceHost
import Testing

struct `A bell` {
    private let bell = Bell()
    /// Longer than any test waits.
    private let long: Duration = .seconds(600)

    @Test func `wakes whoever waits`() async {
        let start = ContinuousClock.now
        let waiting = Task { [bell, long] in await bell.wait(for: long) }
        bell.ring()
        await waiting.value
        #expect(ContinuousClock.now - start < long)
    }

    @Test func `keeps rings that nobody waits for as one`() async {
        for _ in 0..<3 { bell.ring() }
        await bell.wait()
        let start = ContinuousClock.now
        await bell.wait(for: .milliseconds(50))
        #expect(ContinuousClock.now - start >= .milliseconds(50))
    }

    @Test func `ends a wait when its time is up, and no later one`() async {
        await bell.wait(for: .zero)
        await bell.wait(for: .milliseconds(-1))
        for _ in 0..<5 {
            bell.ring()
            await bell.wait(for: .zero)  // by the ring or by the timer, which must not ring for the next
            let start = ContinuousClock.now
            await bell.wait(for: .milliseconds(2))
            #expect(ContinuousClock.now - start >= .milliseconds(2))
        }
    }

    @Test func `lets go whoever is cancelled, and goes on ringing for others`() async {
        let waiting = Task { [bell] in await bell.wait() }
        waiting.cancel()
        await waiting.value
        bell.ring()
        await bell.wait()
    }
}
