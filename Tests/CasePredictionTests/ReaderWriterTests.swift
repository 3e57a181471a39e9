import CasePrediction
import Files
import ImageFiles
import Testing

/// Which of nnU-Net's reader classes are there (specification 4, traps 47 to 51).
struct `The reader that plans name` {
    @Test(arguments: ReaderWriter.allCases)
    func `is there for its endings`(reader: ReaderWriter) throws {
        for ending in reader.fileEndings { #expect(try readerWriter(named: reader.rawValue, fileEnding: ending) == reader) }
    }

    @Test(arguments: ["OurHospitalIO", "simpleitkio", ""])
    func `is refused by name where there is no such class`(name: String) throws {
        let error = #expect(throws: Problem.self) { try readerWriter(named: name, fileEnding: ".nii.gz") }
        let text = try #require(error).description
        #expect(text.contains("plans.json: image_reader_writer \(name) is not supported"))
        for reader in ReaderWriter.allCases { #expect(text.contains(reader.rawValue)) }
    }

    @Test(arguments: [".png", ".tif", ".mhd", ".NRRD", "nii.gz", ""])
    func `does not read files of another ending`(ending: String) throws {
        let error = #expect(throws: Problem.self) { try readerWriter(named: "SimpleITKIO", fileEnding: ending) }
        let text = try #require(error).description
        #expect(text.contains("dataset.json: file_ending \(ending) is not supported; SimpleITKIO reads .nii.gz, .nii"))
    }
}
