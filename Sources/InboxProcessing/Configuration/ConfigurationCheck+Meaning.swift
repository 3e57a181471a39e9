import CasePrediction
import Files
import Glibc
import SystemPackage
import Tensors

extension ConfigurationCheck {
    /// Warns of settings that are allowed and can hardly be meant on this machine.
    mutating func warnOfUnlikelySettings(_ engines: [String: any CaseEngine]) {
        let processors = ThreadTeam.availableProcessors
        if let threads = configuration.threads, threads > processors {
            warnings.append(
                "threads: \(threads) threads share \(processors) processors and wait for each other; leave the key out to use them all")
        }
        let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        if configuration.memoryBudget > memory {
            warnings.append(
                "memory_budget_gib: \(configuration.memoryBudget.inBytes) are more than the \(memory.inBytes) of the machine; half of them are usual"
            )
        }
        warnOfCache()
        for (index, route) in configuration.routes.enumerated() {
            if route.stepSize < 0.2 {
                warnings.append(
                    "routes[\(index)].step_size: tiles \(route.stepSize) of a patch apart take \(Int((0.125 / (route.stepSize * route.stepSize * route.stepSize)).rounded())) times as long as nnU-Net's 0.5 in three dimensions"
                )
            }
            if configuration.polling == .never, case .shared(let name)? = FileSystemKind(of: route.inbox) {
                warnings.append(
                    "polling: what other machines write to \(route.inbox), which is on \(name), is not seen by this kernel; write \"auto\"")
            }
            for warning in engines[route.name]?.unlikelySettings ?? [] { warnings.append("routes[\(index)].\(warning)") }
        }
    }

    private mutating func warnOfCache() {
        guard let cache = configuration.weightCache else { return }
        var folder = FilePath(cache.folder)
        var facts = statvfs()
        while folder.withPlatformString({ statvfs($0, &facts) }) != 0, folder.parent != folder { folder = folder.parent }
        let size = Int(clamping: UInt64(facts.f_blocks).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue)
        if size > 0, cache.limit > size {
            warnings.append(
                "cache_limit_gib: \(cache.limit.inBytes) are more than the \(size.inBytes) of the disk at \(folder.shown); lower it")
        }
    }
}
