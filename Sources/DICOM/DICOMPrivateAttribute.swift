/// The vendors' attributes that tell how many slices an image or a series holds and how it was weighted, found by their private creator (DICOM PS3.5, section 7.8.1).
struct DICOMPrivateAttribute {
    let group: UInt16
    /// The text with which a vendor claims a block of elements; its value is compared without regard to case.
    let creator: String
    /// Within the block.
    let element: UInt8

    /// The place that the attribute has in the first block, where vendors put it; values are kept under this tag.
    var tag: DICOMTag { DICOMTag(group, 0x1000 | UInt16(element)) }

    /// Siemens: NumberOfImagesInMosaic.
    static let siemensMosaicCount = DICOMPrivateAttribute(group: 0x0019, creator: "SIEMENS MR HEADER", element: 0x0a)
    /// Siemens: MosaicRefAcqTimes, a double for each slice.
    static let siemensMosaicTimes = DICOMPrivateAttribute(group: 0x0019, creator: "SIEMENS MR HEADER", element: 0x29)
    /// Siemens: Image Type in one text, such as M/ND/MOSAIC.
    static let siemensImageType = DICOMPrivateAttribute(group: 0x0051, creator: "SIEMENS MR HEADER", element: 0x16)
    /// Siemens: the CSA image header, a table of names and texts.
    static let siemensImageHeader = DICOMPrivateAttribute(group: 0x0029, creator: "SIEMENS CSA HEADER", element: 0x10)
    /// United Imaging: the number of images in a grid.
    static let unitedImagingGridCount = DICOMPrivateAttribute(group: 0x0065, creator: "Image Private Header", element: 0x50)

    /// Siemens: the diffusion b-value.
    static let siemensBValue = DICOMPrivateAttribute(group: 0x0019, creator: "SIEMENS MR HEADER", element: 0x0c)
    /// Philips: the diffusion b-value, a single-precision number.
    static let philipsBValue = DICOMPrivateAttribute(group: 0x2001, creator: "Philips Imaging DD 001", element: 0x03)
    /// Philips: the number of slices of an MR stack, a 32-bit number.
    static let philipsSliceCount = DICOMPrivateAttribute(group: 0x2001, creator: "Philips Imaging DD 001", element: 0x18)
    /// GE: several numbers, of which the first is the diffusion b-value.
    static let generalElectricBValue = DICOMPrivateAttribute(group: 0x0043, creator: "GEMS_PARM_01", element: 0x39)
    /// GE: Locations in acquisition, the number of slices, a 16-bit number.
    static let generalElectricLocations = DICOMPrivateAttribute(group: 0x0021, creator: "GEMS_RELA_01", element: 0x4f)

    static let read = [
        siemensMosaicCount, siemensMosaicTimes, siemensImageType, siemensImageHeader, unitedImagingGridCount, siemensBValue, philipsBValue,
        philipsSliceCount, generalElectricBValue, generalElectricLocations,
    ]

    private static let groups = Set(read.map(\.group))

    /// The longest value that is looked at, bytes; CSA headers are some ten thousand.
    static let longestValue = 1 << 20

    /// Whether an element claims a block in a group of these attributes.
    static func isCreator(_ tag: DICOMTag) -> Bool {
        groups.contains(tag.group) && (0x0010...0x00ff).contains(tag.element)
    }

    /// The attribute that an element is, by the creator of its block; the first block needs none, because anonymisers drop it.
    static func attribute(at tag: DICOMTag, in dataSet: DICOMDataSet) -> DICOMPrivateAttribute? {
        guard groups.contains(tag.group), tag.element >= 0x1000 else { return nil }
        let block = tag.element >> 8
        let creator = dataSet.text(DICOMTag(tag.group, block))?.uppercased()
        return read.first { candidate in
            guard candidate.group == tag.group, candidate.element == UInt8(truncatingIfNeeded: tag.element) else { return false }
            return creator.map { $0 == candidate.creator.uppercased() } ?? (block == 0x10)
        }
    }
}
