import Glibc

/// The kernel's control groups as this process sees them.
enum ControlGroups {
    /// The folders of a group and of all that contain it. In a container the path may be the host's, of which only the root is seen.
    static func folders(above path: Substring, in mount: String) -> [String] {
        var parts = path.split(separator: "/").filter { $0 != ".." }
        var folders = [mount]
        while !parts.isEmpty {
            folders.append(([Substring(mount)] + parts).joined(separator: "/"))
            parts.removeLast()
        }
        return folders
    }

    /// The groups of this process: controllers, none for version 2, and the path of each.
    static func own(root: String) -> [(controllers: [Substring], path: Substring)] {
        lines(of: root + "/proc/self/cgroup").compactMap { line in
            // number:controllers:path; version 2 is 0::path.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, fields[0] == "0" || !fields[1].isEmpty else { return nil }
            return (fields[1].split(separator: ","), fields[2])
        }
    }

    static func lines(of path: String) -> [Substring] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map { $0 }
    }
}
