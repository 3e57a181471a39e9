import Tensors

/// Makes UIDs below 2.25, the root that needs no registration: a 128-bit number follows it in decimal (DICOM PS3.5 annex B.2).
struct DICOMUIDGenerator {
    private var numbers: SplitMix64

    /// This software's own implementation class, made once the same way.
    static let implementationClassUID = "2.25.232816539804837125641297510624931572033"

    /// With the same seed, the same UIDs in the same order.
    init(seed: UInt64) {
        numbers = SplitMix64(seed: seed)
    }

    /// A number as long as a UUID of version 4, which is what the standard wants the number to be.
    mutating func next() -> String {
        var number = UInt128(numbers.next()) << 64 | UInt128(numbers.next())
        number = number & ~(UInt128(0xf) << 76) | UInt128(4) << 76
        number = number & ~(UInt128(3) << 62) | UInt128(2) << 62
        return "2.25.\(number)"
    }
}
