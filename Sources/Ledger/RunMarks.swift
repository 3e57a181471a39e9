/// What is noted when work begins, so that a later process can tell what became of this one.
package struct RunMarks: Sendable, Codable, Equatable {
    /// Changes with every boot; nil where the kernel doesn't say.
    package let bootID: String?
    /// How often the memory killer came into this process's control group; nil where the kernel doesn't say.
    package let memoryKillsOfGroup: Int?
    /// How often it came on this machine.
    package let memoryKillsOfMachine: Int?

    /// Joins the marks.
    package init(bootID: String?, memoryKillsOfGroup: Int?, memoryKillsOfMachine: Int?) {
        self.bootID = bootID
        self.memoryKillsOfGroup = memoryKillsOfGroup
        self.memoryKillsOfMachine = memoryKillsOfMachine
    }

    /// Whether the memory killer came between these marks and later ones of the same boot.
    package func sawMemoryKiller(until later: RunMarks) -> Bool {
        let counts = [(memoryKillsOfGroup, later.memoryKillsOfGroup), (memoryKillsOfMachine, later.memoryKillsOfMachine)]
        return counts.contains { before, after in
            if let before, let after { after > before } else { false }
        }
    }
}
