import Files
import SystemPackage

extension FileIdentity {
    /// The folders that a path lies in, the nearest that is there first, up to the root.
    static func ancestors(of path: String) -> [FileIdentity] {
        var existing = path
        while true {
            if let resolved = try? FileSystem.resolved(FilePath(existing)) { return chain(resolved.string) }
            guard let slash = existing.lastIndex(of: "/") else { return existing == "." ? [] : ancestors(of: ".") }
            existing = slash == existing.startIndex ? "/" : String(existing[..<slash])
        }
    }

    /// The first folder of a path that isn't there and is followed by `..`; nil where there is none.
    static func missingFolderLeft(by path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        for count in parts.indices.dropFirst() where parts[count] == ".." {
            let folder = parts[..<count].joined(separator: "/")
            if !folder.isEmpty, FileIdentity(folder) == nil { return folder }
        }
        return nil
    }

    private static func chain(_ resolved: String) -> [FileIdentity] {
        var folders: [FileIdentity] = []
        var rest = resolved
        while !rest.isEmpty {
            if let identity = FileIdentity(rest) { folders.append(identity) }
            rest = rest.lastIndex(of: "/").map { String(rest[..<$0]) } ?? ""
        }
        if let root = FileIdentity("/"), folders.last != root { folders.append(root) }
        return folders
    }
}
