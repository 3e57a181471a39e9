/// Makes UIDs below 2.25, the root that needs no registration: a 128-bit number follows it in decimal (DICOM PS3.5 annex B.2).
struct DICOMUIDGenerator {
    private var state: UInt64

    /// This software's own implementation class, made once the same way.
    static let implementationClassUID = "2.25.232816539804837125641297510624931572033"

    /// With the same seed, the same UIDs in the same order.
    init(seed: UInt64) {
        state = seed
    }

    /// A number as long as a UUID of version 4, which is what the standard wants the number to be.
    mutating func next() -> String {
        var number = UInt128(word()) << 64 | UInt128(word())
        number = number & ~(UInt128(0xf) << 76) | UInt128(4) << 76
        number = number & ~(UInt128(3) << 62) | UInt128(2) << 62
        return "2.25.\(number)"
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    private mutating func word() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
