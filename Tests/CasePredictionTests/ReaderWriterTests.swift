import CasePrediction
import Files
import NIfTI
import Testing

/// Which of nnU-Net's reader classes are there (specification 4, traps 47 to 51).
struct `The reader that plans name` {
    @Test(arguments: NIfTIReaderWriter.allCases, [".nii.gz", ".nii"])
    func `is there for NIfTI`(reader: NIfTIReaderWriter, ending: String) throws {
        #expect(try readerWriter(named: reader.rawValue, fileEnding: ending) == reader)
    }

    @Test(arguments: ["NaturalImage2DIO", "Tiff3DIO", "OurHospitalIO", "simpleitkio", ""])
    func `is refused by name where it reads something else`(name: String) throws {
        let error = #expect(throws: Problem.self) { try readerWriter(named: name, fileEnding: ".nii.gz") }
        let text = try #require(error).description
        #expect(text.contains("plans.json: image_reader_writer \(name) is not supported"))
        for reader in NIfTIReaderWriter.allCases { #expect(text.contains(reader.rawValue)) }
    }

    @Test(arguments: [".png", ".tif", ".mha", ".nrrd", "nii.gz", ""])
    func `does not read files of another ending`(ending: String) throws {
        let error = #expect(throws: Problem.self) { try readerWriter(named: "SimpleITKIO", fileEnding: ending) }
        #expect(try #require(error).description.contains("dataset.json: file_ending \(ending) is not supported; supported: .nii.gz, .nii"))
    }
}
