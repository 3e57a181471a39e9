import Glibc
import Synchronization
import Tensors
import Testing

@Suite struct ThreadTeamTests {
    @Test func `every index is run once`() {
        let team = ThreadTeam(threadCount: 3)
        for count in [0, 1, 2, 7, 1000] {
            let sum = Atomic<Int>(0)
            team.run(count: count) { _, index in sum.wrappingAdd(index + 1, ordering: .relaxed) }
            #expect(sum.load(ordering: .relaxed) == count * (count + 1) / 2)
        }
    }

    @Test func `workers are told apart for private scratch`() {
        let team = ThreadTeam(threadCount: 2)
        let outside = Atomic<Int>(0)
        team.run(count: 100) { worker, _ in
            if !(0..<2).contains(worker) { outside.wrappingAdd(1, ordering: .relaxed) }
        }
        #expect(outside.load(ordering: .relaxed) == 0)
    }

    @Test func `a nested loop runs on the calling thread`() {
        let team = ThreadTeam(threadCount: 2)
        let sum = Atomic<Int>(0)
        team.run(count: 4) { _, _ in
            team.run(count: 5) { _, _ in sum.wrappingAdd(1, ordering: .relaxed) }
        }
        #expect(sum.load(ordering: .relaxed) == 20)
    }

    @Test(arguments: [2, 3, 8])
    func `a thread that is held up delays its own item only`(threadCount: Int) {
        // The first item ends when every other is done: that happens only if the other threads go on without it.
        let team = ThreadTeam(threadCount: threadCount)
        let done = Atomic<Int>(0)
        team.run(count: 500) { _, index in
            if index == 0 {
                while done.load(ordering: .acquiring) < 499 { sched_yield() }
            } else {
                done.wrappingAdd(1, ordering: .releasing)
            }
        }
        #expect(done.load(ordering: .relaxed) == 499)
    }
}
