/// Where a file's pixel data lie, counted from the start of the file or of the inflated data set.
enum DICOMPixelData: Sendable, Equatable {
    /// One run of uncompressed bytes; `isWords` where the value representation is OW, 16-bit words.
    case native(Range<Int>, isWords: Bool)
    /// The fragments of a compressed image, without the offset table.
    case encapsulated([Range<Int>])

    /// Bytes, of all fragments together.
    var byteCount: Int {
        switch self {
        case .native(let range, _): range.count
        case .encapsulated(let fragments): fragments.reduce(0) { $0 + $1.count }
        }
    }
}
