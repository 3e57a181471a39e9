import Files
import Glibc
package import SystemPackage

/// Which other processes stand in a folder, as far as `/proc` lets this process see: all of them for root, else those of its own user.
package enum FolderUse {
    /// A process that has one of the folders open or as its working directory.
    package struct User: Sendable, Equatable {
        /// Its process number.
        package let process: Int
        /// Its command's name.
        package let name: String
    }

    /// The first process found in one of the folders; nil where none is seen.
    ///
    /// - `folders`: absolute.
    package static func anybody(in folders: some Sequence<FilePath>) -> User? {
        let wanted = Set(folders.compactMap { try? FileSystem.resolved($0) })
        guard !wanted.isEmpty, let entries = try? FileSystem.names(in: FilePath("/proc")) else { return nil }
        let own = Int(getpid())
        for entry in entries {
            guard let text = entry.text, let process = Int(text), process != own else { continue }
            let place = FilePath("/proc/" + text)
            if (try? FileSystem.target(ofLink: place.appending(FilePath("cwd")))).map(wanted.contains) == true || hasOpen(wanted, place) {
                let name = (try? FileSystem.readText(place.appending(FilePath("comm")), limit: 64)) ?? ""
                return User(process: process, name: name.split(separator: "\n").first.map(String.init) ?? "?")
            }
        }
        return nil
    }

    private static func hasOpen(_ wanted: Set<FilePath>, _ process: FilePath) -> Bool {
        let descriptors = process.appending(FilePath("fd"))
        // A process that ends meanwhile, or one that may not be looked into, has nothing to show.
        guard let names = try? FileSystem.names(in: descriptors) else { return false }
        return names.contains { (try? FileSystem.target(ofLink: descriptors.appending($0))).map(wanted.contains) == true }
    }
}
