import InboxProcessing
import Testing

struct `What an intake remembers of series` {
    @Test func `is their jobs, oldest first`() {
        var memory = IntakeMemory()
        memory.note("a", ofSeries: ["1.2", "1.3"])
        memory.note("b", ofSeries: ["1.2"])
        #expect(memory.jobs(ofSeries: "1.2") == ["a", "b"])
        #expect(memory.jobs(ofSeries: "1.3") == ["a"])
        #expect(memory.jobs(ofSeries: "1.4").isEmpty)
    }

    @Test func `is bounded, and forgets those not heard of for longest`() {
        var memory = IntakeMemory()
        memory.note("a", ofSeries: ["old", "seen again"])
        memory.note("b", ofSeries: (1..<IntakeMemory.seriesLimit).map(String.init))
        #expect(memory.jobs(ofSeries: "old").isEmpty)
        memory.note("c", ofSeries: ["seen again"])
        memory.note("d", ofSeries: ["new"])
        #expect(memory.jobs(ofSeries: "seen again") == ["a", "c"])
        #expect(memory.jobs(ofSeries: "1").isEmpty)
    }
}
