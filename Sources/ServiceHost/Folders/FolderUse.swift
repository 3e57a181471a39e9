package import Files
import Glibc

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
    package static func anybody(in folders: some Sequence<RawPath>) -> User? {
        let wanted = Set(folders.compactMap(resolved))
        guard !wanted.isEmpty, let entries = try? FileSystem.names(in: RawPath("/proc")) else { return nil }
        let own = Int(getpid())
        for entry in entries {
            guard let text = entry.text, let process = Int(text), process != own else { continue }
            let place = RawPath("/proc/" + text)
            if target(of: place.appending(RawPath("cwd"))).map(wanted.contains) == true || hasOpen(wanted, place) {
                let name = (try? FileSystem.readText(place.appending(RawPath("comm")), limit: 64)) ?? ""
                return User(process: process, name: name.split(separator: "\n").first.map(String.init) ?? "?")
            }
        }
        return nil
    }

    private static func hasOpen(_ wanted: Set<RawPath>, _ process: RawPath) -> Bool {
        let descriptors = process.appending(RawPath("fd"))
        // A process that ends meanwhile, or one that may not be looked into, has nothing to show.
        guard let names = try? FileSystem.names(in: descriptors) else { return false }
        return names.contains { target(of: descriptors.appending($0)).map(wanted.contains) == true }
    }

    private static func target(of link: RawPath) -> RawPath? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = link.withCString { link in
            buffer.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { readlink(link, $0, bytes.count) } ?? -1 }
        }
        return count > 0 ? RawPath(bytes: Array(buffer[..<count])) : nil
    }

    private static func resolved(_ path: RawPath) -> RawPath? {
        guard let text = path.withCString({ realpath($0, nil) }) else { return nil }
        defer { free(text) }
        return RawPath(bytes: Array(UnsafeBufferPointer(start: text, count: strlen(text))).map(UInt8.init(bitPattern:)))
    }
}
