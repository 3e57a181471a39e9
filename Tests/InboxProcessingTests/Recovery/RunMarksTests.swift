import InboxProcessing
import Ledger
import Testing

struct `The marks of this run` {
    @Test func `tell the boot, by the unit's word or the kernel's`() {
        let marks = RunMarks.now(environment: [:])
        #expect(marks == RunMarks.now(environment: [:]) || marks.memoryKillsOfMachine != nil)
        #expect(marks.bootID?.count == 32)
        #expect(RunMarks.now(environment: ["NNUNETD_BOOT_ID": "abc"]).bootID == "abc")
    }
}
