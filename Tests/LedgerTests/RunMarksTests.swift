import Ledger
import Testing

struct `The marks of two runs` {
    @Test func `tell whether the memory killer came, where the kernel counts`() {
        let before = RunMarks(bootID: "a", memoryKillsOfGroup: 1, memoryKillsOfMachine: nil)
        #expect(!before.sawMemoryKiller(until: before))
        #expect(before.sawMemoryKiller(until: RunMarks(bootID: "a", memoryKillsOfGroup: 2, memoryKillsOfMachine: 7)))
        #expect(!before.sawMemoryKiller(until: RunMarks(bootID: "a", memoryKillsOfGroup: nil, memoryKillsOfMachine: 7)))
    }
}
