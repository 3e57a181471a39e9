import DICOM
import Files
import Foundation
import Imaging
import TestSupport
import Testing

/// When slices are a volume: sorted, evenly spaced, without gaps, copies, shifts or tilt.
struct DICOMSeriesGridTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func candidate(_ objects: [DICOMObject]) throws -> DICOMSeriesCandidate {
        let series = DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder)).series
        try #require(series.count == 1)
        return series[0]
    }

    /// Why objects are refused as a series.
    private func refusal(_ objects: [DICOMObject]) throws -> String {
        let candidate = try candidate(objects)
        let error = try #require(throws: Problem.self) { try candidate.regularSeries() }
        return error.description
    }

    /// The series with some slices moved.
    private func moved(_ synthesiser: DICOMSynthesiser = DICOMSynthesiser(), _ move: (Int) -> SIMD3<Double>) throws -> [DICOMObject] {
        try synthesiser.objects().enumerated().map { z, object in
            var object = object
            object.setPosition(synthesiser.geometry.physicalPoint(of: SIMD3(0, 0, Double(z))) + move(z))
            return object
        }
    }

    @Test func `slices are sorted by position along the normal, whatever their names and numbers`() throws {
        let objects = try DICOMSynthesiser().objects()
        let paths = try DICOMSynthesiser.write(objects, to: folder)
        let series = try DICOMCollection(paths: paths.shuffled()).series[0].regularSeries()
        #expect(series.files.map(\.path) == paths)
        #expect(series.geometry == DICOMSynthesiser().geometry)
        #expect(series.warnings.isEmpty)
    }

    @Test func `an oblique series keeps its geometry`() throws {
        let direction = Matrix3(columns: SIMD3(0.96, 0.28, 0), SIMD3(-0.224, 0.768, -0.6), SIMD3(-0.168, 0.576, 0.8))
        let geometry = DICOMSynthesiser(direction: direction).geometry
        let found = try candidate(DICOMSynthesiser(direction: direction).objects()).regularSeries().geometry
        #expect(found.largestCornerDistance(to: geometry) < 1e-9)
    }

    @Test func `slices stacked against the normal are read along it`() throws {
        let backwards = Matrix3(columns: SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, -1))
        let synthesiser = DICOMSynthesiser(direction: backwards)
        let geometry = try candidate(synthesiser.objects()).regularSeries().geometry
        #expect(geometry.direction == .identity)
        #expect(geometry.origin == synthesiser.geometry.physicalPoint(of: SIMD3(0, 0, 7)))
    }

    @Test func `directions that are not quite perpendicular are made so as ITK makes them`() throws {
        // Direction of SimpleITK 2.5.7's series reader for this orientation.
        let expected = [
            0.999518165401, -0.029800135144, -0.008682682723, 0.029327183281, 0.998304527321, -0.050279091585, 0.010166285196,
            0.050000226752, 0.998697463685,
        ]
        var object = try DICOMSynthesiser().objects()[0]
        object.set(0x0020, 0x0037, "DS", "0.9995\\0.03\\0.0102\\-0.0298\\0.9983\\0.05")
        let direction = try candidate([object]).regularSeries().geometry.direction.elements
        #expect(zip(direction, expected).allSatisfy { abs($0 - $1) < 1e-11 })
    }

    @Test func `a missing slice is refused with the gap in mm and its place`() throws {
        var objects = try DICOMSynthesiser().objects()
        objects.remove(at: 4)
        let text = try refusal(objects)
        #expect(text.contains("1 of 8 slices is missing: 6 mm instead of 3 mm between slices 4 and 5 (at 109 and 115 mm)"))
    }

    @Test func `several gaps are all named`() throws {
        let objects = try DICOMSynthesiser(size: SIMD3(6, 4, 20)).objects()
        let text = try refusal([0, 1, 2, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15].map { objects[$0] })
        #expect(text.contains("3 of 16 slices are missing"))
        #expect(
            text.contains("6 mm instead of 3 mm between slices 3 and 4") && text.contains("9 mm instead of 3 mm between slices 6 and 7"))
    }

    @Test func `where most slices are still missing, the steps tell`() throws {
        let objects = try DICOMSynthesiser(size: SIMD3(6, 4, 20)).objects()
        let candidate = try candidate([0, 2, 3, 6, 10].map { objects[$0] })
        #expect {
            try candidate.regularSeries()
        } throws: { error in
            guard let problem = error as? Problem, problem.kind == .incomplete else { return false }
            let reason = problem.finding
            return reason.contains("6 of 11 slices are missing")
        }
    }

    @Test func `a series made with two spacings is refused for good`() throws {
        let candidate = try candidate(moved { SIMD3(0, 0, $0 >= 4 ? 3 * Double($0 - 4) : 0) })
        #expect {
            try candidate.regularSeries()
        } throws: { error in
            guard let problem = error as? Problem, problem.kind == .irregular else { return false }
            let reason = problem.finding
            return reason.contains("uneven, from 3 to 6 mm")
        }
    }

    @Test func `uneven steps are refused with the step that differs`() throws {
        let text = try refusal(moved { SIMD3(0, 0, $0 >= 5 ? 1.3 : 0) })
        #expect(text.contains("uneven, from 3 to 4.3 mm"))
        #expect(text.contains("4.3 mm between slices 5 and 6 (at 112 mm)"))
    }

    @Test func `spacing that grows is refused`() throws {
        #expect(try refusal(moved { SIMD3(0, 0, 0.4 * Double($0 * $0)) }).contains("uneven"))
    }

    @Test func `positions rounded to a tenth of a millimetre are a grid`() throws {
        let synthesiser = DICOMSynthesiser(size: SIMD3(6, 4, 40), spacing: SIMD3(0.7, 0.9, 1.25))
        let objects = try moved(synthesiser) { z in
            let exact = 100 + 1.25 * Double(z)
            return SIMD3(0, 0, (exact * 10).rounded() / 10 - exact)
        }
        #expect(abs(try candidate(objects).regularSeries().geometry.spacing.z - 1.25) < 0.002)
    }

    @Test func `a gantry tilt is refused with its angle`() throws {
        let text = try refusal(moved { SIMD3(0, 3 * Double($0) * 0.2679491924311227, 0) })
        #expect(text.contains("tilted by 15 degrees"))
    }

    @Test func `one slice that is shifted sideways is refused`() throws {
        let text = try refusal(moved { SIMD3($0 == 3 ? 2 : 0, 0, 0) })
        #expect(text.contains("slice 4 at 109 mm is shifted sideways by 2 mm"))
    }

    @Test func `copies of the same object count once, with a warning`() throws {
        let objects = try DICOMSynthesiser().objects()
        var recoded = objects[5]
        recoded.transferSyntaxUID = "1.2.840.10008.1.2.2"
        let series = try candidate(objects + [objects[2], recoded]).regularSeries()
        #expect(series.files.count == 8)
        #expect(series.warnings == ["2 files are copies of other slices; each slice counts once."])
    }

    @Test func `copies under new instance UIDs count once, with a warning`() throws {
        let objects = try DICOMSynthesiser().objects()
        let copies = objects.enumerated().map { z, object in
            var object = object
            object.set(0x0008, 0x0018, "UI", "1.2.3.\(z)")
            object.set(0x0020, 0x0013, "IS", "\(z + 9)")
            return object
        }
        let one = try candidate(objects + copies[3...3]).regularSeries()
        #expect(one.files.count == 8)
        #expect(one.warnings == ["One slice is there twice; it counts once."])
        let all = try candidate(objects + copies).regularSeries()
        #expect(all.files.compactMap(\.instanceNumber) == Array(1...8))
        #expect(all.warnings == ["8 files are copies of other slices; each slice counts once."])
    }

    @Test func `the same object with other pixels is refused`() throws {
        let objects = try DICOMSynthesiser().objects()
        var changed = objects[2]
        changed.set(0x7fe0, 0x0010, "OW", bytes: [UInt8](repeating: 3, count: 48))
        #expect(try refusal(objects + [changed]).contains("same SOP instance"))
    }

    @Test func `a single slice is as thick as it says`() throws {
        let series = try candidate([try DICOMSynthesiser().objects()[0]]).regularSeries()
        #expect(series.geometry.size.z == 1 && series.geometry.spacing.z == 3)
        #expect(series.warnings.count == 1)
    }

    @Test func `a single slice without a thickness is refused`() throws {
        var object = try DICOMSynthesiser().objects()[0]
        object.set(0x0018, 0x0050, "DS", "")
        #expect(try refusal([object]).contains("without a Slice Thickness"))
    }
}
