import CAllocations
import CPUEngine
import Networks
import Synchronization
import Tensors
import Testing

@Suite struct AllocationTests {
    /// Watches every thread of a team, or no longer: each takes one item, since none ends before all have begun.
    private func watch(_ team: ThreadTeam, _ isWatched: Bool) {
        let begun = Atomic<Int>(0)
        team.run(count: team.threadCount) { _, _ in
            begun.wrappingAdd(1, ordering: .relaxed)
            while begun.load(ordering: .relaxed) < team.threadCount {}
            allocations_watch_thread(isWatched ? 1 : 0)
        }
    }

    @Test func `allocations of watched threads are counted`() {
        let team = ThreadTeam(threadCount: 3)
        watch(team, true)
        _ = allocations_take()
        team.run(count: 3) { _, index in withUnsafeTemporaryAllocation(byteCount: 1 << 20 + index, alignment: 16) { _ in } }
        #expect(allocations_take() >= 3)
        watch(team, false)
    }

    @Test func `a pass allocates nothing`() throws {
        let team = ThreadTeam(threadCount: 3)
        for example in NetworkCase.all {
            let network = try Network(graph: try example.architecture.graph(), patch: example.patch, team: team)
            let weights = try network.prepare(RandomWeights())
            let input = [Float](repeating: 0.5, count: network.inputShape.reduce(1, *))
            var logits = [Float](repeating: 0, count: network.outputShape.reduce(1, *))
            var span = logits.mutableSpan
            network.predict(input.span, weights: weights, logits: &span)
            watch(team, true)
            _ = allocations_take()
            network.predict(input.span, weights: weights, logits: &span)
            let allocations = allocations_take()
            watch(team, false)
            #expect(allocations == 0, "\(example)")
        }
    }
}
