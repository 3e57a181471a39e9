import DICOM
import Files
import Foundation
import Imaging
import TestSupport
import Testing

/// Which slices are taken for one series where their attributes are not all alike.
struct DICOMSeriesSortingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Eight slices, each changed by a function of its index.
    private func objects(
        _ synthesiser: DICOMSynthesiser = DICOMSynthesiser(), _ change: (Int, inout DICOMObject) -> Void = { _, _ in }
    ) throws -> [DICOMObject] {
        try synthesiser.objects().enumerated().map { z, object in
            var object = object
            change(z, &object)
            return object
        }
    }

    private func collection(_ objects: [DICOMObject]) throws -> DICOMCollection {
        DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder))
    }

    /// The size of the only volume; its geometry must be the synthesised one.
    private func onlyVolume(_ objects: [DICOMObject]) throws -> DICOMSeries {
        let series = try collection(objects).series
        try #require(series.count == 1)
        let regular = try series[0].regularSeries()
        #expect(regular.geometry.largestCornerDistance(to: DICOMSynthesiser().geometry) < 1e-2)
        return regular
    }

    /// The message of the only series, refused for good.
    private func refusal(_ objects: [DICOMObject]) throws -> String {
        let series = try collection(objects).series
        try #require(series.count == 1)
        let error = try #require(throws: Problem.self) { try series[0].regularSeries() }
        if let problem = error as Problem?, problem.kind == .incomplete { throw error }
        return error.plainDescription
    }

    @Test(arguments: [0.00005, 0.0003, 0.0009])
    func `slices whose direction cosines jitter are one volume`(jitter: Double) throws {
        let jittering = try objects { z, object in
            if z % 2 == 1 { object.set(0x0020, 0x0037, "DS", "1\\\(jitter)\\0\\-\(jitter)\\1\\0") }
        }
        #expect(try onlyVolume(jittering).files.count == 8)
    }

    @Test func `slices turned by more than rounding are refused, not split`() throws {
        let turned = try objects { z, object in
            if z % 2 == 1 { object.set(0x0020, 0x0037, "DS", "0.9999\\0.0141\\0\\-0.0141\\0.9999\\0") }
        }
        #expect(try refusal(turned).contains("Image Orientation (Patient) of"))
    }

    @Test func `a Series Instance UID for each slice still gives one volume, with a warning`() throws {
        let series = try onlyVolume(objects { z, object in object.set(0x0020, 0x000e, "UI", "1.2.3.\(z)") })
        #expect(series.files.count == 8)
        #expect(series.warnings.count == 1 && series.warnings[0].contains("8 different Series Instance UIDs"))
    }

    @Test func `two halves under two UIDs are one volume, whether they follow each other or take turns`() throws {
        for first in [Set(0..<4), Set([0, 2, 4, 6])] {
            let halves = try objects { z, object in if first.contains(z) { object.set(0x0020, 0x000e, "UI", "1.2.3") } }
            #expect(try onlyVolume(halves).files.count == 8)
        }
    }

    /// Attributes that an anonymiser may take away.
    enum Attribute: UInt16, CaseIterable {
        case studyUID = 0x000d
        case seriesUID = 0x000e
        case seriesNumber = 0x0011
        case frameOfReference = 0x0052
    }

    @Test(arguments: Attribute.allCases, [[1, 3, 5, 7], [7], [3, 4, 5, 6, 7]])
    func `attributes taken from a part of the slices don't split them`(attribute: Attribute, slices: [Int]) throws {
        let part = try objects { z, object in if slices.contains(z) { object.remove(0x0020, attribute.rawValue) } }
        #expect(try onlyVolume(part).files.count == 8)
    }

    @Test func `series and frame UID taken from every other slice don't split them`() throws {
        let part = try objects { z, object in
            guard z % 2 == 1 else { return }
            object.remove(0x0020, 0x000e)
            object.remove(0x0020, 0x0052)
        }
        #expect(try onlyVolume(part).files.count == 8)
    }

    @Test func `slices without any Series Instance UID are one volume`() throws {
        #expect(try onlyVolume(objects { _, object in object.remove(0x0020, 0x000e) }).files.count == 8)
    }

    @Test func `slices of which every second is turned within its plane are one refused series, no two halves`() throws {
        let turned = try objects { z, object in
            guard z % 2 == 1 else { return }
            object.set(0x0020, 0x0037, "DS", "-1\\0\\0\\0\\-1\\0")
            object.setPosition(SIMD3(-10 + 0.7 * 5, 20 + 0.9 * 3, 100 + 3 * Double(z)))
        }
        #expect(try refusal(turned).contains("Image Orientation (Patient) is"))
    }

    @Test func `slices in line that disagree in their frame of reference are one refused series that names it`() throws {
        let each = try objects { z, object in
            object.set(0x0020, 0x000e, "UI", "1.2.3.\(z)")
            object.set(0x0020, 0x0052, "UI", "1.2.4.\(z)")
        }
        #expect(try refusal(each).contains("Frame of Reference UID is 1.2.4.1 instead of 1.2.4.0"))
        let halves = try objects { z, object in if z % 2 == 1 { object.set(0x0020, 0x0052, "UI", "1.2.4") } }
        #expect(try refusal(halves).contains("Frame of Reference UID is 1.2.4 instead of"))
        let series = try objects { z, object in
            if z % 2 == 1 { object.set(0x0020, 0x0052, "UI", "1.2.4") }
            if z % 2 == 1 { object.set(0x0020, 0x000e, "UI", "1.2.3") }
        }
        #expect(try refusal(series).contains("take turns with those of another series"))
    }

    @Test func `an end slice of another size is missed, not set aside`() throws {
        let message = try refusal(objects { z, object in if z == 7 { object.set(0x0028, 0x0010, 3) } })
        #expect(message.contains("Rows is 3 instead of 4"))
    }

    @Test func `an end slice with another pixel spacing is refused with both`() throws {
        let message = try refusal(objects { z, object in if z == 7 { object.set(0x0028, 0x0030, "DS", "0.9\\0.71") } })
        #expect(message.contains("0.9/0.71"))
    }

    @Test func `an end slice that lost its position is missed, not set aside`() throws {
        let message = try refusal(objects { z, object in if z == 7 { object.remove(0x0020, 0x0032) } })
        #expect(message.contains("has no Image Position (Patient)"))
    }

    @Test func `an unmarked scout under the series' UID is set aside and named`() throws {
        var scout = try DICOMSynthesiser().objects()[0]
        scout.set(0x0008, 0x0018, "UI", "1.2.3")
        scout.set(0x0020, 0x0037, "DS", "0\\1\\0\\0\\0\\-1")
        let found = try collection(objects() + [scout])
        #expect(try found.series.map { try $0.regularSeries().files.count } == [8])
        #expect(found.otherObjects.count == 1)
        #expect(found.otherObjects[0].reason.contains("Image Orientation (Patient) is 0/1/0/0/0/-1 instead of 1/0/0/0/1/0"))
    }

    @Test func `a parallel scout of another size within the volume is set aside and named`() throws {
        var scout = try DICOMSynthesiser(size: SIMD3(12, 8, 1), origin: SIMD3(-10, 20, 104)).objects()[0]
        let uid = try #require(try objects()[0].text(0x0020, 0x000e))
        scout.set(0x0020, 0x000e, "UI", uid)
        let found = try collection(objects() + [scout])
        #expect(try found.series.map { try $0.regularSeries().files.count } == [8])
        #expect(found.otherObjects.first?.reason.contains("Rows is 8 instead of 4") == true)
    }

    @Test func `a series in which no slice is like another is refused as one`() throws {
        let radial = try objects { z, object in
            let angle = Double(z) * 0.3
            object.set(0x0020, 0x0037, "DS", "\(cos(angle))\\\(sin(angle))\\0\\0\\0\\-1")
        }
        #expect(try refusal(radial).contains("no two of its slices are alike"))
    }

    @Test func `series of one study with numbers of their own stay apart`() throws {
        var second = DICOMSynthesiser(origin: SIMD3(-10, 20, 124))
        second.writer.seriesNumber = 2
        #expect(try collection(objects() + second.objects()).series.map(\.files.count) == [8, 8])
    }

    @Test(
        .enabled(if: SharedTrials.isAvailable, "needs ../shared"),
        arguments: ["iop_jitter", "series_uid_per_slice", "scout_unmarked", "localizer_inside"])
    func `the trials give one volume of eight slices`(trial: String) throws {
        let collection = DICOMCollection(paths: try SharedTrials.dicomFiles(trial))
        #expect(collection.series.count == 1)
        let volume = try readDICOMSeries(try collection.series[0].regularSeries())
        #expect(volume.geometry.size == SIMD3(24, 20, 8))
        #expect(volume.geometry.direction.elements.elementsEqual(Matrix3.identity.elements) { abs($0 - $1) < 1e-3 })
        // x = 5, y = 7, z = 6 holds 10 x + 3 y + 100 z - 900.
        let value = volume.values[3053]
        #expect(value == -229)
    }
}
