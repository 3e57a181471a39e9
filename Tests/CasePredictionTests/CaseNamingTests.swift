import CasePrediction
import Testing

struct `Names of cases` {
    @Test(arguments: [
        ("hippocampus_098", "hippocampus_098"), ("a b/c:d", "a_b_c_d"), ("../../etc", "etc"), (".hidden", "hidden"), ("-rf", "rf"),
        ("", "case"), ("///", "case"), ("T1 (post) 3mm", "T1_post_3mm"), ("Schädel", "Schädel"), ("头部 CT", "头部_CT"), ("x\n\ty", "x_y"),
        ("end. ", "end"),
    ])
    func `become safe for file systems`(text: String, expected: String) {
        #expect(CaseNaming.safeName(text) == expected)
    }

    @Test func `are cut at a character, not inside one`() {
        let name = CaseNaming.safeName(String(repeating: "ä", count: 200))
        #expect(name.utf8.count == CaseNaming.longestName)
        #expect(name.allSatisfy { $0 == "ä" })
    }

    @Test(arguments: [
        ("case_0000.nii.gz", "case", 0), ("case_1_0012.nii.gz", "case_1", 12), ("a.b (c)_0003.nii", "a.b (c)", 3),
        ("näme_0001.nii.gz", "näme", 1),
    ])
    func `are taken from a file with a channel number`(file: String, name: String, channel: Int) throws {
        let parsed = try #require(CaseNaming.parse(file))
        #expect(parsed.caseName == name)
        #expect(parsed.channel == channel)
    }

    @Test(arguments: ["case.nii.gz", "case_000.nii.gz", "case_00000.nii.gz", "case-0000.nii", "case_00a0.nii.gz", "case_١٢٣٤.nii.gz"])
    func `have no channel without exactly four digits behind an underscore`(file: String) throws {
        let parsed = try #require(CaseNaming.parse(file))
        #expect(parsed.channel == nil)
        #expect(file.hasPrefix(parsed.caseName))
    }

    @Test(arguments: ["_0000.nii.gz", ".nii.gz", ".hidden_0000.nii.gz", "._case_0000.nii.gz", "case_0000.NII.GZ", "case.json", "case"])
    func `are not taken from other files`(file: String) {
        #expect(CaseNaming.parse(file) == nil)
    }

    @Test(arguments: [(0, "c_0000.nii.gz"), (12, "c_0012.nii.gz"), (9999, "c_9999.nii.gz")])
    func `carry the channel in four digits`(channel: Int, expected: String) {
        #expect(CaseNaming.channelFile("c", channel: channel) == expected)
    }

    @Test func `of DICOM series follow the folder, the series number only where there are several`() {
        func name(_ folder: String?, _ number: Int?, only: Bool) -> String {
            CaseNaming.dicomName(folder: folder, seriesNumber: number, seriesInstanceUID: "1.2.840.77", isOnlySeries: only)
        }
        #expect(name("exam 7", 3, only: true) == "exam_7")
        #expect(name("exam 7", 3, only: false) == "exam_7_3")
        #expect(name("exam 7", nil, only: false) == "exam_7_77")
        #expect(name(nil, 3, only: true) == "series_3_77")
        #expect(name(nil, nil, only: true) == "series_77")
    }
}
