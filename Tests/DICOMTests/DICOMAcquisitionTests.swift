import DICOM
import Files
import Foundation
import Imaging
import TestSupport
import Testing

/// Several acquisitions or reconstructions under one series: refused for good, with the attribute and its values.
struct DICOMAcquisitionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// An attribute and the values it has in two acquisitions.
    struct Trial: Sendable, CustomTestStringConvertible {
        let group: UInt16
        let element: UInt16
        let representation: String
        let values: [String]
        let clause: String
        var testDescription: String { clause }
    }

    static let trials = [
        Trial(
            group: 0x0020, element: 0x0100, representation: "IS", values: ["1", "2"], clause: "Temporal Position Identifier is 1 or 2"),
        Trial(group: 0x0018, element: 0x0086, representation: "IS", values: ["1", "2"], clause: "Echo Number is 1 or 2"),
        Trial(group: 0x0018, element: 0x0081, representation: "DS", values: ["10", "80.5"], clause: "Echo Time (ms) is 10 or 80.5"),
        Trial(
            group: 0x0008, element: 0x0008, representation: "CS", values: ["ORIGINAL\\PRIMARY\\M", "ORIGINAL\\PRIMARY\\P"],
            clause: "Image Type is ORIGINAL/M or ORIGINAL/P"),
        Trial(
            group: 0x0018, element: 0x1210, representation: "SH", values: ["B30f", "B70f"], clause: "Convolution Kernel is B30f or B70f"),
        Trial(group: 0x0018, element: 0x0060, representation: "DS", values: ["80", "140"], clause: "KVP is 80 or 140"),
    ]

    static let hints = [
        Trial(group: 0x0020, element: 0x0012, representation: "IS", values: ["1", "2"], clause: "Acquisition Number is 1 or 2"),
        Trial(
            group: 0x0008, element: 0x0032, representation: "TM", values: ["101500", "101530"],
            clause: "Acquisition Time is 101500 or 101530"),
        Trial(
            group: 0x0008, element: 0x0033, representation: "TM", values: ["101500", "101530"], clause: "Content Time is 101500 or 101530"),
        Trial(group: 0x0018, element: 0x1060, representation: "DS", values: ["40", "120"], clause: "Trigger Time (ms) is 40 or 120"),
        Trial(group: 0x0018, element: 0x0024, representation: "SH", values: ["ep_b0", "ep_b1"], clause: "Sequence Name is ep_b0 or ep_b1"),
        Trial(
            group: 0x0018, element: 0x1100, representation: "DS", values: ["350", "200"],
            clause: "Reconstruction Diameter (mm) is 350 or 200"),
    ]

    /// Two acquisitions of eight slices, the second with other pixels and shifted along z.
    private func acquisitions(_ trial: Trial, shift: Double = 0) throws -> [DICOMObject] {
        try trial.values.enumerated().flatMap { index, value in
            let synthesiser = DICOMSynthesiser(origin: SIMD3(-10, 20, 100 + Double(index) * shift))
            return try synthesiser.objects().enumerated().map { z, object in
                var object = object
                object.set(trial.group, trial.element, trial.representation, value)
                object.set(0x0008, 0x0018, "UI", "1.2.\(index).\(z)")
                object.set(0x0020, 0x0013, "IS", "\(8 * index + z + 1)")
                if index == 1 { object.set(0x7fe0, 0x0010, "OW", bytes: [UInt8](repeating: UInt8(z + 1), count: 48)) }
                return object
            }
        }
    }

    /// Why the only series among the objects is refused for good.
    private func refusal(_ objects: [DICOMObject]) throws -> (reason: String, advice: String) {
        let series = DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder)).series
        try #require(series.count == 1)
        let error = try #require(throws: Problem.self) { try series[0].regularSeries() }
        guard let problem = error as Problem?, problem.kind == .irregular else { throw error }
        let reason = problem.finding
        let advice = problem.advice
        return (ForeignText.plain(reason), advice)
    }

    @Test(arguments: trials + hints)
    func `acquisitions at the same positions are refused with what differs`(trial: Trial) throws {
        let refusal = try refusal(acquisitions(trial))
        #expect(refusal.reason.contains("8 positions hold 16 slices"))
        #expect(refusal.reason.contains("100, 103, 106, 109, 112, 115 mm and 2 more positions"))
        #expect(refusal.reason.contains(trial.clause))
        #expect(refusal.advice.contains(trial.clause.components(separatedBy: " is ")[0]))
    }

    @Test(arguments: trials)
    func `acquisitions that interleave evenly are refused with what differs`(trial: Trial) throws {
        #expect(try refusal(acquisitions(trial, shift: 1.5)).reason.contains(trial.clause))
    }

    @Test(arguments: trials + hints)
    func `acquisitions that interleave unevenly are refused with what differs`(trial: Trial) throws {
        #expect(try refusal(acquisitions(trial, shift: 1.1)).reason.contains(trial.clause))
    }

    /// Eight slices of one grid, the first half and the second half with different values.
    private func halves(_ trial: Trial) throws -> [DICOMObject] {
        try DICOMSynthesiser().objects().enumerated().map { z, object in
            var object = object
            object.set(trial.group, trial.element, trial.representation, trial.values[z / 4])
            return object
        }
    }

    @Test(arguments: trials)
    func `halves of two acquisitions that follow each other are refused with what differs`(trial: Trial) throws {
        #expect(try refusal(halves(trial)).reason.contains(trial.clause))
    }

    @Test func `one slice of another kind among the others is refused`() throws {
        var objects = try DICOMSynthesiser().objects()
        objects[3].set(0x0008, 0x0008, "CS", "DERIVED\\SECONDARY\\SUBTRACTION")
        #expect(try refusal(objects).reason.contains("Image Type is ORIGINAL or DERIVED/SECONDARY/SUBTRACTION"))
    }

    @Test func `values that hardly differ, and ways of scanning, are no second acquisition`() throws {
        let objects = try DICOMSynthesiser().objects().enumerated().map { z, object in
            var object = object
            object.set(0x0018, 0x0081, "DS", z % 2 == 0 ? "4.12" : "4.1199")
            object.set(0x0008, 0x0008, "CS", z % 2 == 0 ? "ORIGINAL\\PRIMARY\\AXIAL" : "ORIGINAL\\PRIMARY\\AXIAL\\HELIX")
            return object
        }
        let series = DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder)).series
        #expect(try series[0].regularSeries().files.count == 8)
    }

    @Test func `a contrast agent that is there in every second slice is refused`() throws {
        let objects = try DICOMSynthesiser().objects().enumerated().map { z, object in
            var object = object
            if z % 2 == 1 { object.set(0x0018, 0x0010, "LO", "Iomeprol") }
            return object
        }
        #expect(try refusal(objects).reason.contains("Contrast/Bolus Agent is Iomeprol or absent"))
    }

    @Test(arguments: [
        (UInt16(0x0010), UInt16(0x0020), "LO", "Patient ID"), (0x0010, 0x0010, "PN", "Patient's Name"),
        (0x0010, 0x0030, "DA", "Patient's Birth Date"), (0x0020, 0x000d, "UI", "Study Instance UID"),
    ])
    func `slices of two patients or examinations are refused without their names`(
        group: UInt16, element: UInt16, representation: String, name: String
    ) throws {
        for change in [{ $0 % 2 }, { $0 / 4 }, { $0 == 7 ? 1 : 0 }] as [(Int) -> Int] {
            let objects = try DICOMSynthesiser().objects().enumerated().map { z, object in
                var object = object
                object.set(group, element, representation, ["1.2.19500101", "1.2.19500102"][change(z)])
                return object
            }
            let reason = try refusal(objects).reason
            #expect(reason.contains("2 different values of \(name)"))
            #expect(!reason.contains("1950"))
        }
    }

    @Test func `a patient's name that is written in two ways, or taken from some slices, is one`() throws {
        let objects = try DICOMSynthesiser().objects().enumerated().map { z, object in
            var object = object
            object.set(0x0010, 0x0010, "PN", z % 2 == 0 ? "Doe^Jane" : "DOE^JANE^^")
            if z == 5 { object.remove(0x0010, 0x0010) }
            return object
        }
        let series = DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder)).series
        #expect(try series[0].regularSeries().files.count == 8)
    }

    @Test func `a patient's name of separators alone says nothing, and an ID counts to its end`() throws {
        for name in ["=", "==", "^^^^", "^="] {
            let objects = try DICOMSynthesiser().objects().enumerated().map { z, object in
                var object = object
                object.set(0x0010, 0x0010, "PN", z % 2 == 0 ? name : "Doe^Jane")
                return object
            }
            let series = DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder)).series
            #expect(try series[0].regularSeries().files.count == 8)
        }
        let objects = try DICOMSynthesiser().objects().enumerated().map { z, object in
            var object = object
            object.set(0x0010, 0x0020, "LO", "A=\(z % 2)")
            return object
        }
        #expect(try refusal(objects).reason.contains("2 different values of Patient ID"))
    }

    @Test func `acquisitions that nothing tells apart are refused for their pixels`() throws {
        let plain = Trial(group: 0x0018, element: 0x1030, representation: "LO", values: ["a", "b"], clause: "")
        #expect(try refusal(acquisitions(plain)).reason.contains("their pixels differ, and no attribute"))
    }

    @Test func `equal pixels under different echo times are no copies`() throws {
        var objects = try DICOMSynthesiser().objects()
        objects.append(objects[7])
        objects[7].set(0x0018, 0x0081, "DS", "10")
        objects[8].set(0x0018, 0x0081, "DS", "80")
        objects[8].set(0x0008, 0x0018, "UI", "1.2.3")
        objects[8].set(0x0020, 0x0013, "IS", "9")
        #expect(try refusal(objects).reason.contains("Echo Time (ms) is 10 or 80"))
    }

    @Test func `stacks beside each other in the same planes are refused as such`() throws {
        let left = try DICOMSynthesiser().objects()
        let right = try DICOMSynthesiser(origin: SIMD3(90, 20, 100)).objects().enumerated().map { z, object in
            var object = object
            object.set(0x0008, 0x0018, "UI", "1.2.3.\(z)")
            return object
        }
        #expect(try refusal(left + right).reason.contains("beside each other"))
    }

    @Test func `acquisition numbers and times that change from slice to slice are no second acquisition`() throws {
        let objects = try DICOMSynthesiser().objects().enumerated().map { z, object in
            var object = object
            object.set(0x0020, 0x0012, "IS", "\(z % 2)")
            object.set(0x0008, 0x0032, "TM", "10150\(z)")
            object.set(0x0018, 0x0081, "DS", z % 2 == 0 ? "4.6" : "4.60")
            return object
        }
        let series = DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder)).series
        #expect(try series[0].regularSeries().files.count == 8)
    }

    @Test(
        .enabled(if: SharedTrials.isAvailable, "needs ../shared"),
        arguments: [
            ("two_phases", "Acquisition Number is 1 or 2"), ("two_echoes", "Echo Time (ms) is 10 or 80"),
            ("mag_phase", "Image Type is ORIGINAL/M_FFE/M/FFE or ORIGINAL/PHASE MAP/P/FFE"),
            ("two_kernels", "Convolution Kernel is B30f or B70f"), ("gantry_tilt", "gantry tilt"), ("uneven", "uneven, from 2.5 to 5 mm"),
        ])
    func `the trials are refused for good with their cause`(trial: String, cause: String) throws {
        let series = DICOMCollection(paths: try SharedTrials.dicomFiles(trial)).series
        try #require(series.count == 1)
        let error = try #require(throws: Problem.self) { try series[0].regularSeries() }
        guard let problem = error as Problem?, problem.kind == .irregular else { throw error }
        let reason = problem.finding
        #expect(ForeignText.plain(reason).contains(cause))
    }
}
