import DICOM
import Files
import Foundation
import TestSupport
import Testing

/// What voxel values and places rest on is never given a default: a series that lacks it is refused, with the attribute named.
struct DICOMValuesTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The series of eight slices, each changed; the error with which it is refused, or its warnings.
    private func outcome(
        _ modality: DICOMSeriesWriter.Modality, _ change: (inout DICOMObject, Int) -> Void
    ) throws -> (error: String?, warnings: [String]) {
        var synthesiser = DICOMSynthesiser()
        synthesiser.writer.modality = modality
        let objects = try synthesiser.objects().enumerated().map { z, object in
            var object = object
            change(&object, z)
            return object
        }
        let candidates = DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder)).series
        try #require(candidates.count == 1)
        do {
            return (nil, try candidates[0].regularSeries().warnings)
        } catch {
            return (error.plainDescription, [])
        }
    }

    @Test(arguments: [
        ([UInt16(0x1052), 0x1053], "neither Rescale Slope (0028,1053) nor Rescale Intercept (0028,1052)"),
        ([0x1052], "no Rescale Intercept (0028,1052)"), ([0x1053], "no Rescale Slope (0028,1053)"),
    ])
    func `CT without rescaling has no Hounsfield units`(absent: [UInt16], words: String) throws {
        let error = try outcome(.computedTomography) { object, _ in absent.forEach { object.remove(0x0028, $0) } }.error
        #expect(error?.contains(words) == true)
        #expect(error?.contains("have 8 of 8 slices") == true)
        #expect(error?.contains("anonymiser") == true)
    }

    @Test func `one CT slice without rescaling is named, wherever it lies`() throws {
        for index in [0, 4, 7] {
            let error = try outcome(.computedTomography) { object, z in if z == index { object.set(0x0028, 0x1053, "DS", "") } }.error
            #expect(error?.contains(folder.file("slice\(999 - index).dcm")) == true)
            #expect(error?.contains("has 1 of 8 slices") == true)
        }
    }

    @Test func `a CT slope of 0 is refused`() throws {
        let error = try outcome(.computedTomography) { object, z in if z == 2 { object.set(0x0028, 0x1053, "DS", "0") } }.error
        #expect(error?.contains("Rescale Slope (0028,1053) is 0") == true)
    }

    @Test(arguments: ["OD", "Z_EFF", "normalized", "HU_MOD"]) func `CT in other units is refused`(unit: String) throws {
        let error = try outcome(.computedTomography) { object, _ in object.set(0x0028, 0x1054, "LO", unit) }.error
        #expect(error?.contains("Rescale Type (0028,1054) is \(unit)") == true)
    }

    @Test(arguments: ["HU", "hu", "Hounsfield Unit", "Houndsfield Unit", ""]) func `the words for Hounsfield units are known`(unit: String)
        throws
    {
        let (error, warnings) = try outcome(.computedTomography) { object, _ in object.set(0x0028, 0x1054, "LO", unit) }
        #expect(error == nil && warnings.isEmpty)
    }

    @Test func `CT in an unspecified unit is taken with a warning`() throws {
        let (error, warnings) = try outcome(.computedTomography) { object, _ in object.set(0x0028, 0x1054, "LO", "US") }
        #expect(error == nil)
        #expect(warnings.count == 1 && warnings[0].contains("taken as Hounsfield units"))
    }

    @Test func `MR needs no rescaling, whatever its unit is called`() throws {
        let (error, warnings) = try outcome(.magneticResonance) { object, _ in object.set(0x0028, 0x1054, "LO", "HU") }
        #expect(error == nil && warnings.isEmpty)
    }

    @Test func `MR with half of a rescaling, or rescaled in a part of the slices, is refused`() throws {
        #expect(
            try outcome(.magneticResonance) { object, _ in object.set(0x0028, 0x1053, "DS", "2") }.error?.contains("Rescale Intercept")
                == true)
        let mixed = try outcome(.magneticResonance) { object, z in
            guard z != 3 else { return }
            object.set(0x0028, 0x1053, "DS", "2")
            object.set(0x0028, 0x1052, "DS", "0")
        }
        #expect(mixed.error?.contains(folder.file("slice996.dcm")) == true)
        let zero = try outcome(.magneticResonance) { object, z in
            object.set(0x0028, 0x1053, "DS", z == 3 ? "0" : "2")
            object.set(0x0028, 0x1052, "DS", "0")
        }
        #expect(zero.error?.contains("1 of 8 slices), and other slices are rescaled") == true)
    }

    @Test func `an MR slope that is 0 in all slices is read as 1, with a warning`() throws {
        let warnings = try outcome(.magneticResonance) { object, _ in
            object.set(0x0028, 0x1053, "DS", "0")
            object.set(0x0028, 0x1052, "DS", "0")
        }.warnings
        #expect(warnings.count == 1 && warnings[0].contains("read as 1"))
    }

    @Test(arguments: [
        (UInt16(0x0028), UInt16(0x0002), "Samples per Pixel"), (0x0028, 0x0004, "Photometric Interpretation"), (0x0028, 0x0010, "Rows"),
        (0x0028, 0x0011, "Columns"), (0x0028, 0x0030, "Pixel Spacing"), (0x0028, 0x0100, "Bits Allocated"), (0x0028, 0x0101, "Bits Stored"),
        (0x0028, 0x0102, "High Bit"), (0x0028, 0x0103, "Pixel Representation"), (0x0020, 0x0032, "Image Position (Patient)"),
        (0x0020, 0x0037, "Image Orientation (Patient)"),
    ])
    func `an end slice without a demanded attribute makes the series unusable, not shorter`(group: UInt16, element: UInt16, name: String)
        throws
    {
        for isEmpty in [false, true] {
            let error = try outcome(.computedTomography) { object, z in
                guard z == 7 else { return }
                if isEmpty { object.set(group, element, "CS", "") } else { object.remove(group, element) }
            }.error
            #expect(error?.contains(folder.file("slice992.dcm")) == true)
            #expect(error?.contains("has no \(name) (") == true)
        }
    }

    @Test func `a demanded number that can't be read is shown`() throws {
        let position = try outcome(.computedTomography) { object, z in if z == 7 { object.set(0x0020, 0x0032, "DS", "-10,5\\20\\121") } }
        #expect(position.error?.contains("an Image Position (Patient) (0020,0032) that can't be read (\"-10,5\\20\\121\")") == true)
        let sign = try outcome(.computedTomography) { object, z in if z == 7 { object.set(0x0028, 0x0103, 2) } }
        #expect(sign.error?.contains("Pixel Representation (0028,0103) of 2") == true)
    }

    @Test func `a modality that contradicts the SOP class makes the series unusable`() throws {
        let error = try outcome(.computedTomography) { object, z in if z == 7 { object.set(0x0008, 0x0060, "CS", "MR") } }.error
        #expect(error?.contains("a CT image by its SOP class and MR by its Modality (0008,0060)") == true)
    }

    @Test func `numbers that are not needed may be unreadable`() throws {
        let (error, warnings) = try outcome(.computedTomography) { object, _ in
            for (group, element) in [(UInt16(0x0018), UInt16(0x0050)), (0x0018, 0x0081), (0x0018, 0x0088), (0x0028, 0x1050)] {
                object.set(group, element, "DS", "3,0")
            }
            for element in [UInt16(0x0011), 0x0012, 0x0013] { object.set(0x0020, element, "IS", "no 1") }
        }
        #expect(error == nil)
        #expect(
            warnings == [
                "Slice Thickness (0018,0050) can't be read in 8 of 8 slices and is not used.",
                "Spacing Between Slices (0018,0088) can't be read in 8 of 8 slices and is not used.",
            ])
    }

    @Test(.enabled(if: SharedTrials.isAvailable, "needs ../shared"))
    func `the trials: CT without rescaling is refused, a thickness with a comma is not`() throws {
        let unknown = DICOMCollection(paths: try SharedTrials.dicomFiles("ct_no_rescale")).series
        let error = #expect(throws: Problem.self) { try unknown[0].regularSeries() }
        #expect(error?.plainDescription.contains("Hounsfield units are unknown") == true)
        let comma = DICOMCollection(paths: try SharedTrials.dicomFiles("comma_thickness")).series
        #expect(try comma.map { try $0.regularSeries().geometry.size } == [SIMD3(24, 20, 8)])
    }
}
