import Files
public import Foundation
import Glibc

/// What is noted when work begins, so that a later process can tell what became of this one.
public struct RunMarks: Sendable, Codable, Equatable {
    /// Changes with every boot; nil where the kernel doesn't say.
    public let bootID: String?
    /// How often the memory killer came into this process's control group; nil where the kernel doesn't say.
    public let memoryKillsOfGroup: Int?
    /// How often it came on this machine.
    public let memoryKillsOfMachine: Int?

    /// Joins the marks.
    public init(bootID: String?, memoryKillsOfGroup: Int?, memoryKillsOfMachine: Int?) {
        self.bootID = bootID
        self.memoryKillsOfGroup = memoryKillsOfGroup
        self.memoryKillsOfMachine = memoryKillsOfMachine
    }

    /// The marks of this moment.
    ///
    /// - environment: the unit gives the boot's identity there (`%b`), since its sandbox hides the kernel's file.
    public static func now(environment: [String: String] = ProcessInfo.processInfo.environment) -> RunMarks {
        let boot = environment["NNUNETD_BOOT_ID"] ?? text("/proc/sys/kernel/random/boot_id")?.replacing("-", with: "")
        return RunMarks(
            bootID: boot?.trimmingCharacters(in: .whitespacesAndNewlines),
            memoryKillsOfGroup: ControlGroup.own?.number("oom_kill", in: "memory.events"),
            memoryKillsOfMachine: ControlGroup.number("oom_kill", in: text("/proc/vmstat")))
    }

    /// Whether the memory killer came between these marks and later ones of the same boot.
    public func sawMemoryKiller(until later: RunMarks) -> Bool {
        let counts = [(memoryKillsOfGroup, later.memoryKillsOfGroup), (memoryKillsOfMachine, later.memoryKillsOfMachine)]
        return counts.contains { before, after in
            if let before, let after { after > before } else { false }
        }
    }

    private static func text(_ path: String) -> String? {
        do { return try FileSystem.readText(RawPath(path), limit: 1 << 20) } catch { return nil }  // hidden by a sandbox: not known
    }
}
