import Files
import Foundation
package import Ledger
import ServiceHost
import SystemPackage

extension RunMarks {
    /// The marks of this moment.
    ///
    /// - `environment`: the unit gives the boot's identity there (`%b`), since its sandbox hides the kernel's file.
    package static func now(environment: [String: String] = ProcessInfo.processInfo.environment) -> RunMarks {
        let boot = environment["NNUNETD_BOOT_ID"] ?? text("/proc/sys/kernel/random/boot_id")?.replacing("-", with: "")
        return RunMarks(
            bootID: boot?.trimmingCharacters(in: .whitespacesAndNewlines),
            memoryKillsOfGroup: ControlGroup.own?.number("oom_kill", in: "memory.events"),
            memoryKillsOfMachine: ControlGroup.number("oom_kill", in: text("/proc/vmstat")))
    }

    private static func text(_ path: String) -> String? {
        do { return try FileSystem.readText(FilePath(path), limit: 1 << 20) } catch { return nil }  // hidden by a sandbox: not known
    }
}
