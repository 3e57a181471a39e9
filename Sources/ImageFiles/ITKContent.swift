import Compression
import Files
import Imaging

/// What a file's own text says before ITK is let at it: where the voxels are, and how many bytes they can be at most.
///
/// ITK's MetaImage reader keeps fields in arrays of a fixed size and believes lengths; both readers of text headers open any file that a
/// header names. What is refused here they never see.
struct ITKContent {
    private let path: String
    private let format: ITKFormat
    /// Bytes that the voxels can have.
    private let largest: Int
    /// Whether the voxels are compressed.
    private let isCompressed: Bool
    /// Where the header ends.
    private let headerSize: Int

    /// Bytes that a header may have.
    private static let longestHeader = 1 << 20
    /// Bytes that a line of a header may have; ITK keeps a key in 1024.
    private static let longestLine = 4096, longestKey = 256
    /// Deflate makes at most this many bytes of one.
    private static let deflateRatio = 1032

    /// Reads a file's header.
    ///
    /// - Throws: `.damaged` where it is none, `.unsupported` where its voxels lie where they are not fetched.
    init(path: String, format: ITKFormat) throws(Problem) {
        self.path = path
        self.format = format
        let file = try RegularFile(path: path)
        guard format != .gipl else {
            (largest, isCompressed, headerSize) = (max(0, file.size - 256), false, 256)
            return
        }
        let header = try Self.header(of: file, format: format)
        headerSize = header.size
        let isNRRD = format == .nrrd
        let fields = try Self.fields(header.lines.dropFirst(isNRRD ? 1 : 0), separator: isNRRD ? ":" : "=", path: path)
        (largest, isCompressed) =
            try isNRRD
            ? Self.nrrdContent(fields, file: file, headerSize: headerSize) : Self.metaContent(fields, file: file, headerSize: headerSize)
    }

    /// Throws unless the voxels are there to their end, where ITK would not say so: it takes what a compressed MetaImage has.
    func requireWhole(byteCount: Int) throws(Problem) {
        guard format == .meta, isCompressed else { return }
        try requireZlibContent(of: path, from: headerSize, byteCount: byteCount)
    }

    /// Throws unless the file can hold the voxels that ITK found its header to declare.
    func requireRoom(forShape shape: [Int], voxelSize: Int) throws(Problem) {
        let needed = (voxelCount(ofShape: shape) ?? Int.max / 8) * voxelSize
        guard needed <= largest else {
            throw .damaged(
                path: path,
                reason: "its header declares \(sizeText(shape)) voxels, \(needed) bytes, but the file holds"
                    + (isCompressed ? " at most" : "") + " \(largest)")
        }
    }

    /// The header's lines and bytes: up to an empty one in NRRD, to `ElementDataFile` in MetaImage.
    private static func header(of file: RegularFile, format: ITKFormat) throws(Problem) -> (lines: [String], size: Int) {
        var bytes = [UInt8](repeating: 0, count: min(file.size, longestHeader))
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        let count = try file.read(into: &raw)
        var lines: [String] = []
        var start = 0
        for index in 0..<count where bytes[index] == UInt8(ascii: "\n") {
            guard index - start <= longestLine else { break }
            let line = String(decoding: bytes[start..<index].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            start = index + 1
            if format == .nrrd, line.isEmpty { return (lines, start) }
            lines.append(line)
            if format == .nrrd, lines.count == 1, !line.hasPrefix("NRRD000") { break }
            if format == .meta, line.hasPrefix("ElementDataFile") { return (lines, start) }
        }
        // A detached NRRD header may end with its file.
        if format == .nrrd, start == count, count == file.size, lines.count > 1 { return (lines, count) }
        throw .damaged(path: file.path, reason: "it does not begin with the header of a \(format.name) file")
    }

    /// Keys, in lower case and without spaces, and values.
    private static func fields(_ lines: some Sequence<String>, separator: Character, path: String) throws(Problem) -> [String: String] {
        var fields: [String: String] = [:]
        for line in lines where !line.hasPrefix("#") {
            guard let end = line.firstIndex(of: separator), line.utf8.distance(from: line.startIndex, to: end) <= longestKey else {
                throw .damaged(path: path, reason: "a line of its header has no key: \(ForeignText.marked(line.prefix(80)))")
            }
            let key = line[..<end].filter { !$0.isWhitespace }.lowercased()
            let value = line[line.index(after: end)...].drop { $0 == " " || $0 == "\t" || $0 == "=" }
            fields[key] = String(value.reversed().drop { $0.isWhitespace }.reversed())
        }
        return fields
    }

    private static func metaContent(
        _ fields: [String: String], file: RegularFile, headerSize: Int
    ) throws(Problem) -> (Int, Bool) {
        guard fields["elementdatafile"]?.lowercased() == "local" else {
            throw .unsupported(path: file.path, reason: "its voxels are in other files; save header and voxels as one .mha file")
        }
        guard let count = fields["ndims"].flatMap({ Int($0) }), (1...4).contains(count) else {
            throw .unsupported(path: file.path, reason: "its NDims is \(ForeignText.marked(fields["ndims"] ?? "")); images have 2 to 4")
        }
        let isCompressed = ["true", "1"].contains(fields["compresseddata"]?.lowercased() ?? "")
        if let size = fields["compresseddatasize"] {
            guard let bytes = Int(size), (0...file.size).contains(bytes) else {
                throw .damaged(
                    path: file.path, reason: "its CompressedDataSize is \(ForeignText.marked(size)), the file has \(file.size) bytes")
            }
        }
        guard fields["binarydata"]?.lowercased() ?? "true" == "true", Int(fields["headersize"] ?? "0") ?? 1 <= 0 else {
            throw .unsupported(
                path: file.path, reason: "its voxels are text, or do not follow its header; save it again as a binary .mha file")
        }
        return ((file.size - headerSize) * (isCompressed ? deflateRatio : 1), isCompressed)
    }

    private static func nrrdContent(
        _ fields: [String: String], file: RegularFile, headerSize: Int
    ) throws(Problem) -> (Int, Bool) {
        var size = file.size - headerSize
        if let name = fields["datafile"] {
            // One file beside the header is fetched; a list, a pattern or a place elsewhere is not.
            guard !name.isEmpty, !name.contains("/"), !name.contains("%"), !name.hasPrefix("LIST"), name != "..", name != "." else {
                throw .unsupported(
                    path: file.path,
                    reason:
                        "its voxels are in \(ForeignText.marked(name)); only one file in the header's own folder is read, better save header"
                        + " and voxels as one .nrrd file")
            }
            let folder = file.path.lastIndex(of: "/").map { String(file.path[...$0]) } ?? ""
            size = try RegularFile(path: folder + name, followsLinks: false).size
        }
        let encoding = fields["encoding"]?.lowercased() ?? ""
        let isCompressed = ["gzip", "gz"].contains(encoding)
        guard isCompressed || ["raw", "txt", "text", "ascii", "hex"].contains(encoding) else {
            throw .unsupported(
                path: file.path, reason: "its encoding is \(ForeignText.marked(encoding)); raw, ascii, hex and gzip are read")
        }
        // A number of eight bytes may be one digit and a space.
        return (size * (isCompressed ? deflateRatio : encoding == "raw" ? 1 : 4), isCompressed)
    }
}
