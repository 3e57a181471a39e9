import Files
import Glibc
import Tensors

/// The first page of an entry; the values follow it. Numbers are in the machine's own order.
///
/// | byte | |
/// |---|---|
/// | 0 | `nnuweigh` |
/// | 8 | version of this format, 64 bits as every number |
/// | 16 | the key, 32 bytes |
/// | 48 | number of values |
/// | 56 | checksum of the values |
/// | 64 | zeros |
/// | 4088 | checksum of the bytes before it |
struct WeightCacheHeader {
    /// Bytes, so that the values begin a page.
    static let size = 4096
    /// Raise it with every change of the file's format; for how weights are packed see `WeightLayout.packingVersion`.
    static let version = 1
    private static let magic = Array("nnuweigh".utf8)

    let key: WeightCacheKey
    let count: Int
    let checksum: UInt64

    /// Bytes of the whole file.
    static func fileSize(count: Int) -> Int { size + count * MemoryLayout<Float>.stride }

    /// Writes into the first page of `file`, which is zero.
    func write(to file: UnsafeMutableRawBufferPointer) {
        file.copyBytes(from: Self.magic)
        file.storeBytes(of: UInt64(Self.version), toByteOffset: 8, as: UInt64.self)
        UnsafeMutableRawBufferPointer(rebasing: file[16..<48]).copyBytes(from: key.bytes)
        file.storeBytes(of: UInt64(count), toByteOffset: 48, as: UInt64.self)
        file.storeBytes(of: checksum, toByteOffset: 56, as: UInt64.self)
        let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: file[..<(Self.size - 8)]))
        file.storeBytes(of: sum, toByteOffset: Self.size - 8, as: UInt64.self)
    }

    /// Reads the checksum of the values from the first page of `file`.
    /// - Throws: in which way it is not the header of the entry that is asked for; the path is the caller's to add.
    static func checksum(
        in file: UnsafeRawBufferPointer, key: WeightCacheKey, count: Int
    ) throws(Problem) -> UInt64 {
        func number(_ offset: Int) -> UInt64 { file.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        guard file[..<8].elementsEqual(magic) else { throw Problem(.foreign, "it does not begin as prepared weights do") }
        guard number(8) == UInt64(version) else { throw Problem(.unsupported, "its format is version \(number(8)), expected \(version)") }
        guard Checksum.of(UnsafeRawBufferPointer(rebasing: file[..<(size - 8)])) == number(size - 8) else {
            throw Problem(.damaged, "its header is damaged")
        }
        guard file[16..<48].elementsEqual(key.bytes) else { throw Problem(.mismatch, "it holds the weights of another model") }
        guard number(48) == UInt64(count) else { throw Problem(.mismatch, "it has \(number(48)) values, expected \(count)") }
        return number(56)
    }
}
