extension DICOMFileHeader {
    /// What shows that an image's pixel data are not all there; nil where nothing does.
    var pixelDamage: String? {
        guard let pixelData else { return "has no image: it may have been cut off before its pixel data" }
        guard let format = sampleFormat, format.isValid, rows > 0, columns > 0, tiling == nil, samplesPerPixel == 1,
            let coding = DICOMTransferSyntax(uid: transferSyntaxUID).pixelCoding
        else { return nil }
        let bytes = rows * columns * format.bytesPerSample
        guard (bytes - Self.alwaysPossible) / Self.largestCompression <= pixelData.byteCount else {
            return "is damaged: an image of \(columns)×\(rows) pixels can't come from \(pixelData.byteCount) bytes of pixel data"
        }
        switch pixelData {
        case .native(let range, _):
            if coding != .native { return "is damaged: its pixel data are not in fragments, as its transfer syntax demands" }
            if range.count < bytes { return "is damaged: its pixel data have \(range.count) bytes, the image needs \(bytes)" }
        case .encapsulated:
            if coding == .native { return "is damaged: its pixel data are in fragments, but not compressed" }
            if pixelData.byteCount == 0 { return "is damaged: its compressed pixel data are empty" }
        }
        return nil
    }
}
