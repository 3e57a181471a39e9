import DICOM
import Files
import Foundation
import InboxProcessing
import TestSupport
import Testing

/// What the service thinks of DICOM files that were dropped: whether they are a case, and whether waiting may help.
struct DICOMRecognizerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func recognize(_ objects: [DICOMObject], and others: [String] = [], minimumSlices: Int? = nil) throws -> RecognizedSeries {
        DICOMRecognizer().series(
            in: try DICOMSynthesiser.write(objects, to: folder) + others, folders: ["exam"], below: folder.path,
            minimumSlices: minimumSlices)
    }

    @Test func `a whole series is a case of unknown completeness`() throws {
        let series = try #require(try recognize(DICOMSynthesiser().objects()).series.first)
        #expect(series.problem == nil)
        #expect(series.wholeness == .assumed)
        #expect(series.name == "exam")
    }

    @Test func `a missing slice, a damaged file and a single slice may pass`() throws {
        var objects = try DICOMSynthesiser().objects()
        objects.remove(at: 4)
        let gap = try #require(try recognize(objects).series.first)
        #expect(gap.problem != nil && gap.mayPass)
        let single = try #require(try recognize(Array(objects[..<1])).series.first)
        #expect(single.problem?.advice.contains("min_slices = 1") == true && single.mayPass)
        let empty = folder.file("slice900.dcm")
        try Data().write(to: URL(filePath: empty))
        let found = try recognize(DICOMSynthesiser().objects(), and: [empty])
        #expect(found.damaged.map(\.path) == [empty])
        #expect(found.series[0].problem?.what.contains(empty) == true && found.series[0].mayPass)
        guard case .contradicted(let evidence) = found.series[0].wholeness else {
            Issue.record("not contradicted")
            return
        }
        #expect(ForeignText.plain(evidence) == "\(empty), which may be one of its slices, is empty")
    }

    @Test func `tilt, two phases and uneven steps do not pass by waiting`() throws {
        let synthesiser = DICOMSynthesiser()
        func moved(_ move: (Int) -> SIMD3<Double>) throws -> [DICOMObject] {
            try synthesiser.objects().enumerated().map { z, object in
                var object = object
                object.setPosition(synthesiser.geometry.physicalPoint(of: SIMD3(0, 0, Double(z))) + move(z))
                return object
            }
        }
        let second = try DICOMSynthesiser(origin: SIMD3(-10, 20, 100)).objects().enumerated().map { z, object in
            var object = object
            object.set(0x0008, 0x0018, "UI", "1.2.3.\(z)")
            object.set(0x0020, 0x0100, "IS", "2")
            object.set(0x7fe0, 0x0010, "OW", bytes: [UInt8](repeating: 7, count: 48))
            return object
        }
        let tilted = try moved { SIMD3(0, Double($0), 0) }
        let uneven = try moved { SIMD3(0, 0, 0.4 * Double($0 * $0)) }
        let phases = try synthesiser.objects() + second
        for objects in [tilted, uneven, phases] {
            let series = try #require(try recognize(objects).series.first)
            #expect(series.problem != nil && !series.mayPass)
            #expect(series.problem?.advice.isEmpty == false)
        }
    }

    @Test func `a loose file names its series, whole or damaged`() throws {
        let paths = try DICOMSynthesiser.write(try DICOMSynthesiser().objects(), to: folder)
        let uid = DICOMRecognizer().seriesUID(ofFileAt: paths[0])
        try Data(contentsOf: URL(filePath: paths[7])).dropLast(20).write(to: URL(filePath: paths[7]))
        #expect(uid != nil && DICOMRecognizer().seriesUID(ofFileAt: paths[7]) == uid)
    }
}
