import CZlib

/// The cyclic redundancy check of gzip and zip (ISO 3309, polynomial 0xEDB88320).
package struct CRC32: Sendable {
    /// The check value of everything added so far.
    package private(set) var value: UInt32 = 0

    /// A check value of no bytes.
    package init() {}

    /// Adds bytes. O(count).
    package mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Adds bytes. O(count).
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        value = UInt32(truncatingIfNeeded: crc32_z(uLong(value), base.assumingMemoryBound(to: UInt8.self), bytes.count))
    }

    /// The check value of some bytes at once.
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var check = CRC32()
        check.update(bytes)
        return check.value
    }

    /// The check value of some bytes at once.
    package static func checksum(_ bytes: RawSpan) -> UInt32 {
        var check = CRC32()
        check.update(bytes)
        return check.value
    }
}
