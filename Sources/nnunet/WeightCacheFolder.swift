import CPUEngine
import Foundation
import TrainedModels

/// Where the command line keeps packed weights between calls.
enum WeightCacheFolder {
    /// The cache that the environment names: `NNUNET_CACHE` (empty for none), else `nnunet` in `XDG_CACHE_HOME` or `~/.cache`.
    ///
    /// - `notice`: told why there is none although it was not turned off.
    static func cache(
        environment: [String: String] = ProcessInfo.processInfo.environment, notice: (String) -> Void = WeightCacheFolder.warn
    ) -> WeightCache? {
        if let folder = environment["NNUNET_CACHE"] { return folder.isEmpty ? nil : WeightCache(folder: folder) }
        // The XDG specification has relative paths ignored.
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return WeightCache(folder: base + "/nnunet") }
        if let home = environment["HOME"], home.hasPrefix("/") { return WeightCache(folder: home + "/.cache/nnunet") }
        notice("prepared weights are not kept: neither NNUNET_CACHE nor XDG_CACHE_HOME nor HOME names a folder")
        return nil
    }

    /// One line on standard error.
    static func warn(_ text: String) { Console.problem("warning: \(text)") }
}
