import DICOM
import Files
import Foundation
import TestSupport
import Testing

/// What the files themselves say about the number of slices there should be.
struct DICOMWholenessTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func series(_ objects: [DICOMObject]) throws -> DICOMSeriesCandidate {
        let series = DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder)).series
        try #require(series.count == 1)
        return series[0]
    }

    /// The first slices of eight, each with an attribute.
    private func slices(_ count: Int, _ change: (inout DICOMObject) -> Void) throws -> [DICOMObject] {
        try DICOMSynthesiser().objects().prefix(count).map { object in
            var object = object
            change(&object)
            return object
        }
    }

    /// An attribute that announces a number of slices.
    enum Announcement: String, CaseIterable {
        case imagesInAcquisition = "Images in Acquisition (0020,1002)"
        case instancesInSeries = "Number of Series Related Instances (0020,1209)"
        case slices = "the number of slices"
        case philipsSlices = "number of slices"
        case generalElectricSlices = "of slices"

        func announce(_ count: Int, in object: inout DICOMObject) {
            switch self {
            case .imagesInAcquisition: object.set(0x0020, 0x1002, "IS", "\(count)")
            case .instancesInSeries: object.set(0x0020, 0x1209, "IS", "\(count)")
            case .slices: object.set(0x0054, 0x0081, count)
            case .philipsSlices:
                object.set(0x2001, 0x0010, "LO", "Philips Imaging DD 001")
                object.set(0x2001, 0x1018, "SL", bytes: [UInt8(count), 0, 0, 0])
            case .generalElectricSlices:
                object.set(0x0021, 0x0010, "LO", "GEMS_RELA_01")
                object.set(0x0021, 0x104f, "SS", bytes: [UInt8(count), 0])
            }
        }
    }

    @Test(arguments: Announcement.allCases)
    func `a series with as many slices as announced is known to be whole`(announcement: Announcement) throws {
        guard case .known(let evidence) = try series(slices(8) { announcement.announce(8, in: &$0) }).wholeness else {
            Issue.record("not known")
            return
        }
        #expect(evidence.contains(announcement.rawValue))
        #expect(evidence.contains("8"))
    }

    @Test(arguments: Announcement.allCases)
    func `a series with fewer slices than announced is incomplete, although it has no gap`(announcement: Announcement) throws {
        let candidate = try series(slices(5) { announcement.announce(8, in: &$0) })
        let error = try #require(throws: Problem.self) { try candidate.regularSeries() }
        guard let problem = error as Problem?, problem.kind == .incomplete else { throw error }
        let reason = problem.finding
        #expect(reason.contains(announcement.rawValue))
        #expect(reason.contains("says 8, and 5 are there"))
    }

    @Test(arguments: Announcement.allCases)
    func `a number that one slice alone announces counts`(announcement: Announcement) throws {
        var objects = try slices(7) { _ in }
        announcement.announce(8, in: &objects[2])
        #expect(throws: Problem.self) { try series(objects).regularSeries() }
    }

    @Test func `GE's number of slices holds against images that went into another series`() throws {
        let objects = try slices(8) { object in
            object.set(0x0020, 0x1002, "IS", "16")
            Announcement.generalElectricSlices.announce(8, in: &object)
        }
        guard case .known = try series(objects).wholeness else {
            Issue.record("not known")
            return
        }
    }

    @Test func `every second slice of those that lie at the stated spacing is not all`() throws {
        let objects = try slices(8) { $0.set(0x0018, 0x0088, "DS", "3") }
        let candidate = try series(stride(from: 0, to: 8, by: 2).map { objects[$0] })
        #expect(
            candidate.wholeness
                == .contradicted(
                    "its slices lie 6 mm apart and are numbered in steps of 2, but Spacing Between Slices (0018,0088) says 3 mm: those "
                        + "between are missing"))
        let whole = try slices(8) { $0.set(0x0018, 0x0088, "DS", "1.5") }
        #expect(try series(whole).wholeness == .assumed)
    }

    @Test func `counts that a derived series has kept from its source say nothing`() throws {
        let derived = try slices(5) { object in
            object.set(0x0008, 0x0008, "CS", "DERIVED\\SECONDARY\\MPR")
            object.set(0x0020, 0x1002, "IS", "300")
        }
        #expect(try series(derived).wholeness == .assumed)
    }

    @Test func `slices of several acquisitions are counted each by its own`() throws {
        let objects = try DICOMSynthesiser().objects().enumerated().map { z, object in
            var object = object
            object.set(0x0020, 0x0012, "IS", "\(z / 4)")
            object.set(0x0020, 0x1002, "IS", "4")
            return object
        }
        guard case .known = try series(objects).wholeness else {
            Issue.record("not known")
            return
        }
        #expect(throws: Problem.self) { try series(objects.dropLast()).regularSeries() }
    }

    @Test func `an instance number that is left out is a slice that is missing at an end`() throws {
        // Interleaved: the slices at even places were taken first.
        let objects = try DICOMSynthesiser().objects().enumerated().map { z, object in
            var object = object
            object.set(0x0020, 0x0013, "IS", "\(z % 2 == 0 ? z / 2 + 1 : z / 2 + 5)")
            return object
        }
        #expect(try series(objects).wholeness == .assumed)
        let candidate = try series(Array(objects[1...]))
        #expect(candidate.wholeness == .assumed)
        let short = try series(Array(objects[0..<6]))
        #expect(short.wholeness == .contradicted("its Instance Numbers run from 1 to 7, and 4 is missing"))
        #expect(throws: Problem.self) { try short.regularSeries() }
    }

    @Test func `numbers that start late, count in steps or belong to a localizer are no gap`() throws {
        func numbered(_ numbers: [Int]) throws -> [DICOMObject] {
            try zip(DICOMSynthesiser().objects(), numbers).map { object, number in
                var object = object
                object.set(0x0020, 0x0013, "IS", "\(number)")
                return object
            }
        }
        for numbers in [
            [3, 4, 5, 6, 7, 8, 9, 10], [2, 4, 6, 8, 10, 12, 14, 16], [1, 1, 1, 1, 1, 1, 1, 1], [1, 2, 3, 4, 101, 102, 103, 104],
        ] {
            #expect(try series(numbered(numbers)).wholeness == .assumed)
        }
        var objects = try numbered([1, 2, 4, 5, 6, 7, 8, 9])
        var localizer = objects[0]
        localizer.set(0x0008, 0x0008, "CS", "ORIGINAL\\PRIMARY\\LOCALIZER")
        localizer.set(0x0008, 0x0018, "UI", "1.2.3")
        localizer.set(0x0020, 0x0013, "IS", "3")
        objects.append(localizer)
        #expect(try series(objects).wholeness == .assumed)
    }
}
