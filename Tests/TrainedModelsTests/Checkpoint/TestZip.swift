import TestSupport

/// A zip file of uncompressed entries, written entry by entry as PyTorch does, with what a test wants wrong in it.
struct TestZip {
    var entries: [(name: String, content: [UInt8])] = []
    /// Every CRC is 0, PyTorch's way of computing none.
    var omitsChecksums = false
    /// An entry whose CRC is wrong.
    var wrongChecksum: String?
    /// Sizes, offsets and counts stand in ZIP64's wider fields.
    var isZip64 = false
    /// The compression method that the directory announces.
    var method: UInt16 = 0

    var data: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for (index, entry) in entries.enumerated() {
            let checksum = omitsChecksums ? 0 : crc32(entry.content) ^ (entry.name == wrongChecksum ? 1 : 0)
            let offset = UInt32(file.count)
            let name = Array(entry.name.utf8)
            // The sizes stand in the directory only, and the padding differs, as in PyTorch's files.
            let padding = [UInt8](repeating: 0, count: 4 + index % 5)
            file +=
                [0x50, 0x4B, 3, 4, 20, 0, 8, 8] + bytes(method) + [0, 0, 0, 0] + bytes(UInt32(0)) + bytes(UInt32(0)) + bytes(UInt32(0))
            file += bytes(UInt16(name.count)) + bytes(UInt16(padding.count)) + name + padding + entry.content
            directory += [0x50, 0x4B, 1, 2, 20, 0, 20, 0, 8, 8] + bytes(method) + [0, 0, 0, 0] + bytes(checksum)
            let size = isZip64 ? UInt32.max : UInt32(entry.content.count)
            let wide: [UInt8] = [1, 0, 24, 0] + [entry.content.count, entry.content.count, Int(offset)].flatMap { bytes($0) }
            let extra = isZip64 ? [9, 9, 2, 0, 1, 1] + wide : []
            directory += bytes(size) + bytes(size) + bytes(UInt16(name.count)) + bytes(UInt16(extra.count))
            directory += [UInt8](repeating: 0, count: 10) + bytes(isZip64 ? UInt32.max : offset) + name + extra
        }
        if isZip64 {
            let counts = bytes(UInt64(entries.count)) + bytes(UInt64(entries.count))
            let record = [0x50, 0x4B, 6, 6] + bytes(UInt64(44)) + [45, 0, 45, 0] + bytes(UInt64(0)) + counts + bytes(directory.count)
            let locator = [0x50, 0x4B, 6, 7] + bytes(UInt32(0)) + bytes(file.count + directory.count) + bytes(UInt32(1))
            let end = [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 12) + [0, 0]
            return file + directory + record + bytes(file.count) + locator + end
        }
        let count = bytes(UInt16(entries.count))
        let end = [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count + bytes(UInt32(directory.count)) + bytes(UInt32(file.count)) + [0, 0]
        return file + directory + end
    }

    /// The check bit by bit, apart from the one under test.
    private func crc32(_ bytes: [UInt8]) -> UInt32 {
        var check: UInt32 = .max
        for byte in bytes {
            check ^= UInt32(byte)
            for _ in 0..<8 { check = check >> 1 ^ (check & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
        return ~check
    }
}
