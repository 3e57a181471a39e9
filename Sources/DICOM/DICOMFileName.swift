/// What the name of a file says about it where its content says nothing any more.
struct DICOMFileName {
    /// The folder, with the trailing slash.
    let folder: Substring
    let name: Substring
    /// Lower case, without the dot; nil where what follows the last dot is a number, as in a UID, or nothing.
    let ending: String?

    /// Endings that DICOM files have.
    private static let endings: Set<String> = ["dcm", "dicom", "dic", "ima"]

    init(path: String) {
        let slash = path.lastIndex(of: "/")
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        let last = name.lastIndex(of: ".").map { name[name.index(after: $0)...] }
        folder = slash.map { path[...$0] } ?? ""
        self.name = name
        ending = last.flatMap { $0.isEmpty || $0.allSatisfy(\.isNumber) ? nil : $0.lowercased() }
    }

    /// Whether the ending is one of DICOM's.
    var saysDICOM: Bool { ending.map(Self.endings.contains) ?? false }

    /// Whether the ending is there and none of DICOM's: README.TXT, AUTORUN.INF.
    var isOfAnotherKind: Bool { ending != nil && !saysDICOM }

    /// Whether the two names share an ending, differ in numbers only, or have numbers and no ending, as the names of UIDs and hashes do.
    func resembles(_ other: DICOMFileName) -> Bool {
        if let ending { return ending == other.ending }
        let shapes = (shape, other.shape)
        return other.ending == nil && (shapes.0 == shapes.1 || (shapes.0.contains("#") && shapes.1.contains("#")))
    }

    /// Whether the two names differ in numbers only and have some, but for an ending that the other got when it was packed or not finished.
    func sharesNumbering(with other: DICOMFileName) -> Bool {
        let shape = shape
        return shape.contains("#") && (shape == other.shape || Self.wrappings.contains { other.shape == "\(shape).\($0)" })
    }

    /// What programs append to a file's name when they compress it or have not finished it.
    private static let wrappings = ["gz", "zip", "bz2", "xz", "zst", "7z", "part", "partial", "filepart", "tmp", "crdownload", "enc"]

    /// The name with every number replaced by one sign, and a number in hexadecimal, as on exchange media, by one of its length.
    private var shape: String {
        if name.utf8.count >= 8, name.allSatisfy(\.isHexDigit) { return "#\(name.utf8.count)" }
        var shape = ""
        for character in name.lowercased() {
            if !character.isNumber { shape.append(character) } else if shape.last != "#" { shape.append("#") }
        }
        return shape
    }
}
