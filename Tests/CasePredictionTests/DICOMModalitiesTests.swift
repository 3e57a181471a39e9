import CasePrediction
import DICOM
import Files
import TestSupport
import Testing

struct `The modalities a model takes` {
    @Test(arguments: [
        ("CT", ["CT"]), ("ct", ["CT"]), ("CT_venous", ["CT"]), ("MRI", ["MR"]), ("T1w", ["MR"]), ("t2-FLAIR", ["MR"]), ("PET", ["PT"]),
        ("CT/MR", ["CT", "MR"]),
    ])
    func `are those that the channel's name stands for`(channel: String, expected: [String]) {
        let modalities = DICOMModalities(given: nil, channelName: channel)
        #expect(modalities.accepted == expected)
        #expect(modalities.channelName == channel)
    }

    @Test(arguments: ["", "0", "image", "noNorm", "zscore", "channel 0", "contrast", "structural"])
    func `are all that are read where the name stands for none`(channel: String) {
        let modalities = DICOMModalities(given: nil, channelName: channel)
        #expect(modalities.accepted == nil)
        #expect(modalities.accept("CT") && modalities.accept("MR"))
    }

    @Test func `are the user's where the user names them`() {
        let modalities = DICOMModalities(given: ["MR"], channelName: "CT")
        #expect(modalities.accept("MR") && !modalities.accept("CT"))
        #expect(modalities.problem(with: "CT")?.contains("that is what is configured") == true)
    }

    @Test func `refuse a series of another with both named and a way out`() throws {
        var synthesiser = DICOMSynthesiser()
        synthesiser.writer.modality = .magneticResonance
        let folder = try TemporaryFolder()
        let paths = try DICOMSynthesiser.write(synthesiser.objects(), to: folder)
        let series = try #require(DICOMCollection(paths: paths).series.first)
        let modalities = DICOMModalities(given: nil, channelName: "CT")
        let error = #expect(throws: Problem.self) {
            try modalities.check(series, howToAllow: { "allow it with --modalities \($0)" })
        }
        #expect(error?.finding == "the series is MR, and the model takes CT: its channel is called \"CT\"")
        #expect(error?.advice == "give it to a model for MR, or allow it with --modalities MR if this model is meant")
    }
}
