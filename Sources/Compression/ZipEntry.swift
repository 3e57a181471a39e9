/// One entry of a zip archive, as the archive's directory describes it; the figures are claims until the entry has been read.
package struct ZipEntry: Sendable, Hashable {
    /// Its place in the archive's directory, from 0.
    package let index: Int
    /// Its name with `/` between folders; one that ends in `/` is a folder.
    package let name: String
    /// Bytes when unpacked.
    package let size: Int
    /// Bytes in the archive.
    package let compressedSize: Int
    /// Whether it is a folder.
    package var isFolder: Bool { name.hasSuffix("/") }
    /// Whether it is a Unix symbolic link.
    package let isSymbolicLink: Bool
    /// Whether it is encrypted.
    package let isEncrypted: Bool

    /// The parts of its path below the folder that it is unpacked in; nil with an absolute path, `..`, a backslash, a control character,
    /// a symbolic link or encryption, none of which belongs in an archive of models.
    package var safePathComponents: [String]? {
        guard !isSymbolicLink, !isEncrypted, !name.hasPrefix("/") else { return nil }
        guard !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0 == "\\" || $0.value == 0x7f }) else { return nil }
        let parts = name.split(separator: "/").map(String.init)
        guard !parts.isEmpty, !parts.contains(where: { $0 == ".." || $0 == "." }) else { return nil }
        return parts
    }
}
