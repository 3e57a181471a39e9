/// Finds out whether one image holds several slices or tiles, whose common position would be that of none of them.
///
/// - Image Type: Siemens writes MOSAIC, United Imaging VFRAME (both arrange the slices of an MR volume in a grid), others MONTAGE.
/// - Private attributes of both, which are there when an anonymiser has cut the Image Type (`DICOMPrivateAttribute`).
/// - Number of Frames, and the frames that the pixel data themselves show: a table of offsets, or more bytes than one image has.
/// - Total Pixel Matrix (PS3.3 C.8.12.4): the image is a tile of a larger one.
enum DICOMTiling {
    /// What the image is, as a clause about the file; nil where nothing says that it is more than one slice.
    static func clause(_ dataSet: DICOMDataSet) -> String? {
        if let clause = mosaic(dataSet) { return clause }
        if let frames = dataSet.integer(.numberOfFrames), frames != 1 { return "has \(frames) frames in one image" }
        if dataSet.listedFrameCount > 1 { return "has \(dataSet.listedFrameCount) frames in one image" }
        if let images = imagesInPixelData(dataSet) { return "has pixel data for \(images) images of its size" }
        let matrix = [DICOMTag.totalPixelMatrixColumns, .totalPixelMatrixRows]
        if matrix.contains(where: { dataSet.values[$0]?.isEmpty == false }) { return "is a tile of a larger image" }
        return nil
    }

    private static let words = ["MOSAIC", "VFRAME", "MONTAGE", "COLLAGE"]

    private static func mosaic(_ dataSet: DICOMDataSet) -> String? {
        let types = dataSet.texts(.imageType) + (dataSet.text(DICOMPrivateAttribute.siemensImageType.tag).map { [$0] } ?? [])
        let word = types.lazy.compactMap { type in words.first { type.uppercased().contains($0) } }.first
        let count = imagesInGrid(dataSet)
        guard word != nil || count != nil else { return nil }
        let name = (word.map { $0 == "VFRAME" ? "grid" : $0.lowercased() }) ?? "mosaic"
        return "is a \(name) of \(count.map { "\($0) slices" } ?? "several slices") in one image"
    }

    /// The number of slices in the grid, where it is above 1.
    private static func imagesInGrid(_ dataSet: DICOMDataSet) -> Int? {
        let counts = [
            number(dataSet, DICOMPrivateAttribute.siemensMosaicCount.tag),
            number(dataSet, DICOMPrivateAttribute.unitedImagingGridCount.tag),
            dataSet.values[DICOMPrivateAttribute.siemensMosaicTimes.tag].map { $0.count / 8 },
            dataSet.values[DICOMPrivateAttribute.siemensImageHeader.tag].flatMap(numberInSiemensHeader),
        ]
        return counts.compactMap { $0 }.first { $0 > 1 }
    }

    /// A private number, which is binary or text, depending on the version.
    private static func number(_ dataSet: DICOMDataSet, _ tag: DICOMTag) -> Int? {
        // Two digits of text would be a number above 0x2000.
        if let binary = dataSet.unsignedShort(tag), binary < 0x2000 { return binary }
        return dataSet.integer(tag)
    }

    /// NumberOfImagesInMosaic of a CSA header, whose entries are a name of 64 bytes, 20 bytes of numbers, and items of a 16-byte head and a
    /// text each (both versions of the header alike).
    private static func numberInSiemensHeader(_ header: [UInt8]) -> Int? {
        guard let name = header.firstRange(of: Array("NumberOfImagesInMosaic\0".utf8)) else { return nil }
        let text = name.lowerBound + 64 + 20 + 16
        guard text < header.count else { return nil }
        let digits = header[text..<min(text + 12, header.count)].drop { $0 == 0x20 }.prefix { (0x30...0x39).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// How many images the uncompressed pixel data hold, where it is more than one.
    private static func imagesInPixelData(_ dataSet: DICOMDataSet) -> Int? {
        guard case .native(let range, _) = dataSet.pixelData, let rows = dataSet.unsignedShort(.rows),
            let columns = dataSet.unsignedShort(.columns), let bits = dataSet.unsignedShort(.bitsAllocated), bits >= 8, bits % 8 == 0
        else { return nil }
        let image = rows * columns * (bits / 8) * max(1, dataSet.unsignedShort(.samplesPerPixel) ?? 1)
        return image > 0 && range.count / image > 1 ? range.count / image : nil
    }
}
