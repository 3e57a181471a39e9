import Foundation

/// Names of cases and their files: nnU-Net's `<case>_0000.nii.gz`, and names made safe for file systems.
package enum CaseNaming {
    /// The longest name that `safeName` gives, UTF-8 bytes; it leaves room for suffixes within a file system's 255.
    package static let longestName = 120

    /// A name from any text: letters, digits, `.`, `-` and `_` stay, every other run of characters becomes one `_`.
    ///
    /// It never starts with a dot or a dash, is never empty (`fallback` is used then) and never longer than `longestName`.
    package static func safeName(_ text: String, fallback: String = "case") -> String {
        var name = ""
        for character in text.precomposedStringWithCanonicalMapping {
            let keep = character.isLetter || character.isNumber || character == "." || character == "-" || character == "_"
            if keep {
                name.append(character)
            } else if name.last != "_" {
                name.append("_")
            }
            if name.utf8.count > longestName {
                name.removeLast()
                break
            }
        }
        while let first = name.first, first == "." || first == "-" || first == "_" { name.removeFirst() }
        while let last = name.last, last == "." || last == "_" { name.removeLast() }
        return name.isEmpty ? fallback : name
    }

    /// What a NIfTI file is called: its case, and its channel when it has nnU-Net's suffix of exactly four digits.
    package struct NIfTIName: Sendable, Equatable {
        /// The name without channel and ending.
        package let caseName: String
        /// The number after the last `_`; nil for a file without one.
        package let channel: Int?
        /// `.nii.gz` or `.nii`, or the ending asked for.
        package let ending: String
    }

    /// Takes a file name apart; nil when it is hidden, has another ending, or nothing remains of it.
    ///
    /// - `endings`: tried in order; case-sensitive, as nnU-Net compares them.
    package static func parse(_ fileName: String, endings: [String] = [".nii.gz", ".nii"]) -> NIfTIName? {
        guard !fileName.hasPrefix("."), let ending = endings.first(where: { fileName.hasSuffix($0) }) else { return nil }
        let stem = fileName.dropLast(ending.count)
        guard !stem.isEmpty else { return nil }
        let suffix = stem.utf8.suffix(5)
        if suffix.count == 5, suffix.first == UInt8(ascii: "_"), suffix.dropFirst().allSatisfy({ (48...57).contains($0) }) {
            let name = stem.dropLast(5)
            guard !name.isEmpty, let channel = Int(stem.suffix(4)) else { return nil }
            return NIfTIName(caseName: String(name), channel: channel, ending: ending)
        }
        return NIfTIName(caseName: String(stem), channel: nil, ending: ending)
    }

    /// Whether a file's name ends as images that nnU-Net's readers take do, however that is spelled; hidden files don't.
    static func looksLikeImage(_ fileName: String) -> Bool {
        let endings = [".nii.gz", ".nii", ".hdr", ".img", ".mha", ".mhd", ".nrrd", ".gipl", ".png", ".bmp", ".tif", ".tiff"]
        let name = fileName.lowercased()
        return !name.hasPrefix(".") && endings.contains { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") }
    }

    /// nnU-Net's file name of one channel: `<case>_0003.nii.gz`.
    package static func channelFile(_ caseName: String, channel: Int, ending: String = ".nii.gz") -> String {
        let digits = String(channel)
        return caseName + "_" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ending
    }

    /// The name of a DICOM case, of nothing but the folder's name, the series number and the UID: free text may hold a patient's name.
    ///
    /// - `folder`: the name of the folder that was dropped; nil for loose files, which are called `series_<number>_<end of the UID>`.
    /// - `isOnlySeries`: whether the folder holds just this series; otherwise its number (or the last part of its UID) is added.
    package static func dicomName(folder: String?, seriesNumber: Int?, seriesInstanceUID: String, isOnlySeries: Bool) -> String {
        let tail = lastPart(of: seriesInstanceUID)
        guard let folder else { return safeName("series_" + (seriesNumber.map { "\($0)_" } ?? "") + tail) }
        let base = safeName(folder)
        guard !isOnlySeries else { return base }
        return safeName(base.prefix(longestName - 40) + "_" + (seriesNumber.map(String.init) ?? tail))
    }

    /// The last component of a UID, `1.2.3.45` giving `45`; what is no number may be free text and gives `0`.
    static func lastPart(of uid: String) -> String {
        let last = uid.split(separator: ".").last ?? ""
        return !last.isEmpty && last.utf8.count <= 39 && last.utf8.allSatisfy { (0x30...0x39).contains($0) } ? String(last) : "0"
    }

    /// Whether the first text sorts before the second by code points, as Python sorts.
    package static func precedes(_ first: String, _ second: String) -> Bool {
        first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars)
    }
}
