import DICOM
import Files
import Foundation
import TestSupport
import Testing

/// Files beside the slices of a series that may be slices themselves and can't be read.
struct DICOMDamagedFilesTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Writes a series of eight slices, `name(z)` each, the last one as `change` makes it; gives the paths.
    private func write(name: (Int) -> String = { "000\($0).dcm" }, last change: ([UInt8]) -> [UInt8]) throws -> [String] {
        try DICOMSynthesiser().objects().enumerated().map { z, object in
            let path = folder.file(name(z))
            let bytes = object.encodedFile()
            try Data(z == 7 ? change(bytes) : bytes).write(to: URL(filePath: path))
            return path
        }
    }

    private func add(_ name: String, _ content: [UInt8]) throws -> String {
        let path = folder.file(name)
        try Data(content).write(to: URL(filePath: path))
        return path
    }

    /// The message with which the only series among the files is refused; nil where it is taken.
    private func refusal(_ paths: [String]) throws -> String? {
        let collection = DICOMCollection(paths: paths)
        try #require(collection.series.count == 1)
        do {
            _ = try collection.series[0].regularSeries()
            return nil
        } catch {
            guard let problem = error as Problem?, problem.kind == .incomplete else {
                Issue.record("refused for another reason: \(error)")
                return nil
            }
            return error.plainDescription
        }
    }

    @Test(arguments: [0, 0.05, 0.1, 0.12, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
    func `an end slice that is cut short anywhere makes the series incomplete`(part: Double) throws {
        let paths = try write { Array($0.prefix(Int(Double($0.count) * part))) }
        let message = try #require(try refusal(paths))
        #expect(message.contains(paths[7]))
    }

    @Test func `an end slice cut off within its first elements still counts by its name`() throws {
        let paths = try write(name: { "IM000\($0)" }) { Array($0.prefix(140)) }
        #expect(try refusal(paths)?.contains(paths[7]) == true)
    }

    @Test(arguments: ["gz", "zip", "part"])
    func `an end slice that is packed or not finished makes the series incomplete`(ending: String) throws {
        let paths = try write { $0 }.dropLast()
        let packed = try add("0007.dcm.\(ending)", [0x1f, 0x8b, 8, 0, 1, 2, 3])
        #expect(try refusal(paths + [packed])?.contains(packed) == true)
    }

    @Test func `an empty end slice counts among names that are hashes`() throws {
        let paths = try write(name: { "\($0)a\(String(repeating: "f", count: $0))" }) { _ in [] }
        #expect(try refusal(paths)?.contains(paths[7]) == true)
    }

    @Test func `a last file of garbage counts among names in hexadecimal, as on exchange media`() throws {
        let names = ["00A1B2C3", "00A1B2C4", "0FA1B2C5", "DEADBEEF", "12345678", "00A1B2D8", "00A1B2E9", "00A1B2FA"]
        let paths = try write(name: { names[$0] }) { _ in Array("garbage".utf8) }
        #expect(try refusal(paths)?.contains(paths[7]) == true)
    }

    @Test func `an empty, zeroed, overwritten or unreadable end slice makes the series incomplete`() throws {
        for content in [[], [UInt8](repeating: 0, count: 2000), Array("<html>404 Not Found</html>".utf8)] {
            let paths = try write { _ in content }
            #expect(try refusal(paths)?.contains(paths[7]) == true)
        }
        let paths = try write { $0 }
        try FileManager.default.removeItem(atPath: paths[7])
        try FileManager.default.createSymbolicLink(atPath: paths[7], withDestinationPath: paths[0])
        #expect(try refusal(paths)?.contains(paths[7]) == true)
    }

    @Test func `names without an ending are compared by their numbering`() throws {
        for content in [[], Array("garbage".utf8)] {
            let paths = try write(name: { "1.2.840.99.\(100 + $0)" }) { _ in content }
            #expect(try refusal(paths)?.contains(paths[7]) == true)
        }
    }

    @Test func `compressed pixel data that end within a fragment make the series incomplete`() throws {
        var objects = try DICOMSynthesiser().objects()
        for index in objects.indices {
            objects[index].transferSyntaxUID = "1.2.840.10008.1.2.4.80"
            objects[index].fragments = [[UInt8](repeating: 0xff, count: 60)]
        }
        let paths = try DICOMSynthesiser.write(objects, to: folder)
        let whole = try Data(contentsOf: URL(filePath: paths[7]))
        try whole.dropLast(30).write(to: URL(filePath: paths[7]))
        #expect(try refusal(paths)?.contains(paths[7]) == true)
    }

    @Test func `what came along and never was a slice does not count`() throws {
        let paths = try write { $0 }
        let strangers = [
            try add("README.TXT", Array("read me".utf8)), try add("AUTORUN.INF", []), try add("VERSION", Array("1".utf8)),
            try add("DICOMDIR", []), try add("LOCK.TXT", []), try add("report.pdf", Array("%PDF-1.4".utf8)),
        ]
        #expect(try refusal(paths + strangers) == nil)
        #expect(Set(DICOMCollection(paths: paths + strangers).otherObjects.map(\.path)) == Set(strangers))
    }

    @Test func `a damaged file of another series leaves this one alone`() throws {
        let paths = try write { $0 }
        var other = DICOMSynthesiser()
        other.writer.seriesNumber = 2
        let cut = try add("9000.dcm", Array(try other.objects()[0].encodedFile().dropLast(20)))
        let collection = DICOMCollection(paths: paths + [cut])
        #expect(collection.damaged.map(\.path) == [cut])
        #expect(try collection.series.map { try $0.regularSeries().files.count } == [8])
    }

    @Test func `a damaged file without a series counts for every series beside it, and for no other`() throws {
        var paths: [String] = []
        for (number, name) in [(1, "a"), (2, "a"), (3, "b")] {
            var synthesiser = DICOMSynthesiser()
            synthesiser.writer.seriesNumber = number
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
            for (z, object) in try synthesiser.objects().enumerated() {
                paths.append(try add("\(name)/\(number)_\(z).dcm", object.encodedFile()))
            }
        }
        let empty = try add("a/x.dcm", [])
        let series = DICOMCollection(paths: paths + [empty]).series
        #expect(series.map { $0.damagedFiles.map(\.path) } == [[empty], [empty], []])
    }

    @Test func `wholeness is assumed where nothing speaks against it`() throws {
        #expect(DICOMCollection(paths: try write { $0 }).series[0].wholeness == .assumed)
    }

    @Test func `a file is told to be a slice, another object, a damaged one or a stranger`() throws {
        let paths = try write { Array($0.dropLast(20)) }
        var report = try DICOMSynthesiser().objects()[0]
        report.set(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.88.33")
        let uid = try #require(DICOMProbe.classify(path: paths[0]).seriesInstanceUID)
        guard case .slice = DICOMProbe.classify(path: paths[0]), case .damaged(_, uid) = DICOMProbe.classify(path: paths[7]),
            case .other(_, let reason) = DICOMProbe.classify(path: try add("report.dcm", report.encodedFile())),
            case .stranger = DICOMProbe.classify(path: try add("README", Array("read me".utf8))),
            case .damaged(_, nil) = DICOMProbe.classify(path: try add("0009.dcm", []))
        else {
            Issue.record("a file was taken for another kind")
            return
        }
        #expect(reason.contains("structured report"))
    }

    @Test(.enabled(if: SharedTrials.isAvailable, "needs ../shared"), arguments: ["truncated_last", "empty_last"])
    func `the trials with a damaged end slice are refused, naming it`(trial: String) throws {
        let paths = try SharedTrials.dicomFiles(trial)
        #expect(try refusal(paths)?.contains(paths[7]) == true)
    }
}
