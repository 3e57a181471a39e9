import Compression
import Files
import PythonFormats

/// The table of contents of a zip file in memory: just what PyTorch's checkpoints need, so that each storage is used where it lies.
///
/// Sizes come from the central directory alone, since PyTorch streams its entries; where the content starts is known to the local header
/// alone. Every offset and size is checked against the file before it is used (APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3).
struct ZipDirectory: Sendable {
    struct Entry: Sendable {
        let name: String
        let isStored: Bool
        let isEncrypted: Bool
        let checksum: UInt32
        let compressedSize: UInt64
        let size: UInt64
        let localHeader: UInt64
    }

    private(set) var entries: [String: Entry] = [:]
    /// PyTorch can be told to compute no CRCs; all of them are 0 then.
    let hasChecksums: Bool
    private let file: MappedFile
    private let directoryStart: Int

    init(_ file: MappedFile) throws(Problem) {
        self.file = file
        let end = try ZipEnd(file)
        directoryStart = end.directory.lowerBound
        var position = end.directory.lowerBound
        var checksums: UInt32 = 0
        for _ in 0..<end.entryCount {
            let entry = try Self.entry(file, at: &position, limit: end.directory.upperBound)
            checksums |= entry.checksum
            guard entries.updateValue(entry, forKey: entry.name) == nil else {
                throw .damagedModel(path: file.path, reason: "two entries are named \(entry.name)")
            }
        }
        hasChecksums = checksums != 0
    }

    /// Where an entry's bytes lie in the file.
    func content(of entry: Entry) throws(Problem) -> Range<Int> {
        func damaged(_ reason: String) -> Problem { .damagedModel(path: file.path, reason: "entry \(entry.name) \(reason)") }
        guard entry.isStored, !entry.isEncrypted else {
            throw .unsupported(
                path: file.path, found: "the compressed or encrypted entry \(entry.name)",
                supported: "checkpoints as torch.save writes them, uncompressed; zip it again with 'zip -0'")
        }
        guard entry.compressedSize == entry.size else { throw damaged("has two different sizes") }
        guard entry.localHeader <= UInt64(directoryStart), UInt64(directoryStart) - entry.localHeader >= 30 else {
            throw damaged("lies outside the file")
        }
        let header = Int(entry.localHeader)
        guard file.load(UInt32.self, at: header) == 0x0403_4B50 else { throw damaged("has no local header") }
        let nameCount = Int(file.load(UInt16.self, at: header + 26))
        let start = header + 30 + nameCount + Int(file.load(UInt16.self, at: header + 28))
        guard start <= directoryStart, entry.size <= UInt64(directoryStart - start) else { throw damaged("reaches outside the file") }
        guard String(decoding: file.copy(header + 30..<header + 30 + nameCount), as: UTF8.self) == entry.name else {
            throw damaged("has another name in its local header")
        }
        return start..<start + Int(entry.size)
    }

    /// Refuses content that is not what was written.
    func verify(_ entry: Entry, content: Range<Int>) throws(Problem) {
        guard hasChecksums else { return }
        guard file.withBytes(content, { CRC32.checksum($0) }) == entry.checksum else {
            throw .damagedModel(
                path: file.path, reason: "entry \(entry.name): its CRC is wrong, so its bytes are not those that were saved")
        }
    }

    private static func entry(_ file: MappedFile, at position: inout Int, limit: Int) throws(Problem) -> Entry {
        let start = position
        func damaged() -> Problem { .damagedModel(path: file.path, reason: "the zip directory is malformed at byte \(start)") }
        guard limit - start >= 46, file.load(UInt32.self, at: start) == 0x0201_4B50 else { throw damaged() }
        let nameEnd = start + 46 + Int(file.load(UInt16.self, at: start + 28))
        let extraEnd = nameEnd + Int(file.load(UInt16.self, at: start + 30))
        position = extraEnd + Int(file.load(UInt16.self, at: start + 32))
        guard position <= limit else { throw damaged() }
        var size = UInt64(file.load(UInt32.self, at: start + 24))
        var compressedSize = UInt64(file.load(UInt32.self, at: start + 20))
        var localHeader = UInt64(file.load(UInt32.self, at: start + 42))
        var extra = nameEnd
        while extraEnd - extra >= 4 {
            let identifier = file.load(UInt16.self, at: extra)
            let fieldEnd = extra + 4 + Int(file.load(UInt16.self, at: extra + 2))
            guard fieldEnd <= extraEnd else { throw damaged() }
            var field = extra + 4
            if identifier == 0x0001 {  // ZIP64: only the values that are all ones above, in this order
                func widen(_ value: UInt64) throws(Problem) -> UInt64 {
                    guard value == UInt64(UInt32.max) else { return value }
                    guard fieldEnd - field >= 8 else { throw damaged() }
                    field += 8
                    return file.load(UInt64.self, at: field - 8)
                }
                size = try widen(size)
                compressedSize = try widen(compressedSize)
                localHeader = try widen(localHeader)
            }
            extra = fieldEnd
        }
        let method = file.load(UInt16.self, at: start + 10)
        return Entry(
            name: String(decoding: file.copy(start + 46..<nameEnd), as: UTF8.self), isStored: method == 0,
            isEncrypted: file.load(UInt16.self, at: start + 8) & 1 != 0, checksum: file.load(UInt32.self, at: start + 16),
            compressedSize: compressedSize, size: size, localHeader: localHeader)
    }
}

/// The end of a zip file: where its directory lies.
private struct ZipEnd {
    let directory: Range<Int>
    let entryCount: Int

    init(_ file: MappedFile) throws(Problem) {
        func damaged(_ reason: String) -> Problem { .damagedModel(path: file.path, reason: reason) }
        guard let end = Self.position(in: file) else {
            throw damaged("the zip directory at the end of the file is missing, as after an interrupted copy")
        }
        var count = UInt64(file.load(UInt16.self, at: end + 10))
        var size = UInt64(file.load(UInt32.self, at: end + 12))
        var start = UInt64(file.load(UInt32.self, at: end + 16))
        var limit = end
        if end >= 20, file.load(UInt32.self, at: end - 20) == 0x0706_4B50 {  // ZIP64's locator
            let record = file.load(UInt64.self, at: end - 12)
            guard record <= UInt64(end - 20), UInt64(end - 20) - record >= 56, file.load(UInt32.self, at: Int(record)) == 0x0606_4B50 else {
                throw damaged("the ZIP64 end of the directory is malformed")
            }
            limit = Int(record)
            count = file.load(UInt64.self, at: limit + 32)
            size = file.load(UInt64.self, at: limit + 40)
            start = file.load(UInt64.self, at: limit + 48)
        }
        guard start <= UInt64(limit), size <= UInt64(limit) - start, count <= size / 46 else {
            throw damaged("the zip directory lies outside the file")
        }
        directory = Int(start)..<Int(start + size)
        entryCount = Int(count)
    }

    /// The end record is 22 bytes and a comment that reaches exactly to the end of the file.
    private static func position(in file: MappedFile) -> Int? {
        var position = file.count - 22
        while position >= max(0, file.count - 22 - 65535) {
            if file.load(UInt32.self, at: position) == 0x0605_4B50,
                position + 22 + Int(file.load(UInt16.self, at: position + 20)) == file.count
            {
                return position
            }
            position -= 1
        }
        return nil
    }
}

extension MappedFile {
    /// A little-endian integer; the position must lie inside the file.
    func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at position: Int) -> T {
        T(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: type))
    }
}
