/// What a file says about the number of slices or objects that belong together with it.
struct DICOMAnnouncedCount: Sendable, Equatable {
    /// (0020,1002): the images that one acquisition gave.
    let imagesInAcquisition: Int?
    /// (0020,1209): the objects in the series, of any kind.
    let instancesInSeries: Int?
    /// (0054,0081), or Philips' (2001,1018) or GE's (0021,104F): the slices of the volume.
    let slices: Int?

    /// The standard's tags that must be read for it.
    static let tags: Set<DICOMTag> = [.imagesInAcquisition, .instancesInSeries, .numberOfSlices]
}

extension DICOMTag {
    static let imagesInAcquisition = DICOMTag(0x0020, 0x1002)
    static let instancesInSeries = DICOMTag(0x0020, 0x1209)
    static let numberOfSlices = DICOMTag(0x0054, 0x0081)
}

extension DICOMAnnouncedCount {
    init(_ dataSet: DICOMDataSet) {
        func plausible(_ number: Int?) -> Int? { number.flatMap { (1...100_000).contains($0) ? $0 : nil } }
        imagesInAcquisition = plausible(dataSet.integer(.imagesInAcquisition))
        instancesInSeries = plausible(dataSet.integer(.instancesInSeries))
        slices =
            plausible(dataSet.bits(.numberOfSlices, UInt16.self).map { Int($0) })
            ?? plausible(dataSet.bits(DICOMPrivateAttribute.philipsSliceCount.tag, UInt32.self).map { Int($0) })
            ?? plausible(dataSet.bits(DICOMPrivateAttribute.generalElectricLocations.tag, UInt16.self).map { Int($0) })
    }
}
