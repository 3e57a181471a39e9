import Files
import SystemPackage

/// What the name of a file or folder in an inbox says about it, before anything is opened.
enum EntryName: Equatable {
    /// Somebody's file or folder.
    case plain
    /// Put there by an operating system or a storage device, beside other files or for itself; nobody's image.
    ///
    /// - `isRemovable`: whether it means nothing once the files beside it are gone.
    case system(isRemovable: Bool)
    /// A file that a copying program has not finished, and the name that it will have.
    case transfer(of: FilePath)
    /// A lock or a copy that an editor keeps while the file is open in it, and that file's name.
    case editing(of: FilePath)
    /// Hidden, and nothing else is known of it.
    case hidden

    /// Endings of unfinished transfers, lower case.
    private static let transferEndings = [
        ".partial", ".part", ".filepart", ".crdownload", ".opdownload", ".download", ".uploading", ".upload", ".incomplete", ".inprogress",
        ".in_progress", ".unfinished", ".transfer", ".writing", ".copying", ".!ut", ".!qb", ".!bt", ".!sync", ".bc!", ".aria2", ".dctmp",
        ".tmp", ".temp",
    ]
    /// What names of unfinished transfers start with: GIO, Syncthing, FTP servers, Chromium.
    private static let transferStarts = [
        ".goutputstream-", ".syncthing.", "~syncthing~", ".pureftpd-upload.", ".in.", ".com.google.chrome.",
    ]
    private static let editingEndings = [".swp", ".swo", ".swx", ".swn", ".lck", ".lock", ".lk", "~"]
    private static let removable: Set<String> = [
        "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", ".ds_store", ".localized", ".directory", ".apdisk", "icon\r",
    ]
    /// Previews and resource forks of the files beside them.
    private static let removableFolders: Set<String> = ["@eadir", "__macosx", ".appledouble"]
    private static let permanent: Set<String> = [
        "lost+found", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "~snapshot", "$recycle.bin", "recycler",
        "system volume information", "network trash folder", "temporary items", ".snapshot", ".snapshots", ".zfs", ".trashes",
        ".spotlight-v100", ".fseventsd", ".temporaryitems", ".documentrevisions-v100",
    ]

    /// Reads a name; case doesn't matter.
    init(_ name: FilePath) {
        let text = String(decoding: name.bytes, as: UTF8.self).lowercased()
        if Self.removable.contains(text) || Self.removableFolders.contains(text) || text.hasPrefix("._") || text.hasPrefix("~$") {
            self = .system(isRemovable: true)
        } else if Self.permanent.contains(text) || text.hasPrefix(".trash-") {
            self = .system(isRemovable: false)
        } else if let start = Self.transferStarts.first(where: text.hasPrefix) {
            self = .transfer(of: FilePath(bytes: name.bytes.dropFirst(start.utf8.count)))
        } else if let end = Self.transferEndings.first(where: text.hasSuffix) {
            self = .transfer(of: Self.stem(name, end.utf8.count))
        } else if text.hasPrefix(".~lock."), text.hasSuffix("#") {
            self = .editing(of: FilePath(bytes: name.bytes.dropFirst(7).dropLast()))
        } else if let end = Self.editingEndings.first(where: text.hasSuffix) {
            self = .editing(of: Self.stem(name, end.utf8.count))
        } else if let target = Self.synchronised(name) {
            self = .transfer(of: target)
        } else {
            self = name.bytes.first == UInt8(ascii: ".") ? .hidden : .plain
        }
    }

    /// Whether it names a folder that holds nothing but what a system made for the files beside it.
    static func isSystemFolder(_ name: FilePath) -> Bool {
        removableFolders.contains(String(decoding: name.bytes, as: UTF8.self).lowercased())
    }

    /// Without the ending, and without the dot that hid it.
    private static func stem(_ name: FilePath, _ ending: Int) -> FilePath {
        let stem = name.bytes.dropLast(ending)
        return FilePath(bytes: Array(stem.first == UInt8(ascii: ".") ? stem.dropFirst() : stem))
    }

    /// rsync writes `name` as `.name.XXXXXX`, with six random letters and digits, hardly ever lower-case letters alone.
    private static func synchronised(_ name: FilePath) -> FilePath? {
        let (bytes, suffix) = (name.bytes, name.bytes.suffix(6))
        guard bytes.count > 8, bytes.first == UInt8(ascii: "."), bytes[bytes.count - 7] == UInt8(ascii: "."),
            suffix.allSatisfy({ isLower($0) || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }), !suffix.allSatisfy(isLower)
        else { return nil }
        return FilePath(bytes: bytes.dropFirst().dropLast(7))
    }

    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
}
