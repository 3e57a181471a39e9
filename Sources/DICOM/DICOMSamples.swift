/// The decoded samples of one frame, lent for the time of a call.
struct DICOMSamples {
    let format: DICOMSampleFormat
    /// Native byte order.
    let bytes: UnsafeRawBufferPointer
    let count: Int

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
    private func walk<Word: FixedWidthInteger>(_ type: Word.Type, _ body: (Int, Int) -> Void) {
        // Left so that the highest bit of the value is the word's highest, then right: the sign bit fills up what is not the value's.
        let left = Word(format.bitsAllocated - 1 - format.highBit)
        let right = Word(format.bitsAllocated - format.bitsStored)
        let words = bytes.assumingMemoryBound(to: Word.self)
        for index in 0..<count {
            body(index, Int(truncatingIfNeeded: (words[index] << left) >> right))
        }
    }
}
