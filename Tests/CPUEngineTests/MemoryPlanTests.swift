import CPUEngine
import Tensors
import Testing

@Suite struct MemoryPlanTests {
    @Test func `tensors that live at the same time do not overlap, others share memory`() {
        var numbers = SplitMix64(seed: 5)
        var plan = MemoryPlan()
        var lives: [(range: ClosedRange<Int>, count: Int)] = []
        for step in 0..<60 {
            let count = Int.random(in: 1...5000, using: &numbers), last = step + Int.random(in: 0...9, using: &numbers)
            let tensor = plan.tensor(count: count, step: step)
            plan.use(tensor, step: last)
            lives.append((step...last, count))
        }
        let offsets = plan.place()
        for i in lives.indices {
            #expect(offsets[i] + lives[i].count <= plan.arenaCount)
            for j in 0..<i where lives[i].range.overlaps(lives[j].range) {
                #expect(offsets[i] >= offsets[j] + lives[j].count || offsets[j] >= offsets[i] + lives[i].count)
            }
        }
        #expect(plan.arenaCount < lives.reduce(0) { $0 + $1.count } / 2)
    }

    @Test func `a kept tensor shares its memory with none`() {
        var plan = MemoryPlan()
        let first = plan.tensor(count: 100, step: 0)
        plan.keep(first)
        let others = (1..<20).map { plan.tensor(count: 100, step: $0) }
        let offsets = plan.place()
        #expect(others.allSatisfy { abs(offsets[$0] - offsets[first]) >= 100 })
    }
}
