/// The decoded samples of one frame, lent for the time of a call.
struct DICOMSamples: ~Escapable {
    let format: DICOMSampleFormat
    /// Native byte order.
    private let bytes: RawSpan
    let count: Int

    @_lifetime(copy bytes)
    init(format: DICOMSampleFormat, bytes: RawSpan, count: Int) {
        precondition(bytes.byteCount == count * format.bytesPerSample)
        self.format = format
        self.bytes = bytes
        self.count = count
    }

    /// Hands every stored value to `body`, in memory order: without the bits that don't belong to it, with its sign.
    ///
    /// Padding values and MONOCHROME1 are handed on as they are stored: the latter only says how to show them (PS3.3 C.7.6.3.1.2).
    @inline(__always)
    func forEach(_ body: (_ index: Int, _ value: Int) -> Void) {
        switch (format.bytesPerSample, format.isSigned) {
        case (1, false): walk(UInt8.self, body)
        case (1, true): walk(Int8.self, body)
        case (2, false): walk(UInt16.self, body)
        case (2, true): walk(Int16.self, body)
        case (4, false): walk(UInt32.self, body)
        default: walk(Int32.self, body)
        }
    }

    @inline(__always)
    private func walk<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type, _ body: (Int, Int) -> Void) {
        // Left so that the highest bit of the value is the word's highest, then right: the sign bit fills up what is not the value's.
        let left = Word(format.bitsAllocated - 1 - format.highBit)
        let right = Word(format.bitsAllocated - format.bitsStored)
        precondition(bytes.byteCount == count * MemoryLayout<Word>.size)
        for index in 0..<count {
            // Unchecked: there are `count` words.
            let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index * MemoryLayout<Word>.size, as: type)
            body(index, Int(truncatingIfNeeded: (word << left) >> right))
        }
    }
}
