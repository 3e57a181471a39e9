import DICOM
import Foundation
import TestSupport
import Testing

/// Which slices are parsed anew and which are known.
struct `Headers that were read before` {
    private let folder: TemporaryFolder
    private let path: String
    private let headers = DICOMHeaders(capacity: 4)

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("a.dcm")
        try write(to: path, secondsAgo: 60)
    }

    private func write(to path: String, _ bytes: [UInt8]? = nil, secondsAgo: Double) throws {
        try Data(bytes ?? DICOMSynthesiser().objects()[0].encodedFile()).write(to: URL(filePath: path))
        try age(path, Date(timeIntervalSinceNow: -secondsAgo))
    }

    private func age(_ path: String, _ date: Date) throws {
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    /// The path of the slice that is seen there; nil where none is.
    private func slice(_ path: String) -> String? {
        guard case .slice(let header) = headers.classify(path: path) else { return nil }
        return header.path
    }

    @Test func `are known wherever the file is moved`() throws {
        #expect(slice(path) == path)
        let moved = folder.file("b.dcm")
        try FileManager.default.moveItem(atPath: path, toPath: moved)
        #expect(slice(moved) == moved)
        #expect(headers.count == 1)
    }

    @Test func `are read anew when the file was written to`() throws {
        #expect(slice(path) == path)
        let size = try Data(contentsOf: URL(filePath: path)).count
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.write(contentsOf: Data(count: size))
        try file.close()
        #expect(slice(path) == nil)
    }

    @Test func `are not kept of a file that was written just now`() throws {
        try write(to: path, secondsAgo: 0)
        #expect(slice(path) == path)
        #expect(headers.count == 0)
    }

    @Test func `are not those of a link's target`() throws {
        #expect(slice(path) == path)
        let link = folder.file("link.dcm")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(slice(link) == nil)
    }

    @Test func `are kept in bounds`() throws {
        for index in 0..<20 { try write(to: folder.file("\(index).dcm"), secondsAgo: 60) }
        for index in 0..<20 { #expect(slice(folder.file("\(index).dcm")) != nil) }
        #expect((1...8).contains(headers.count))
    }
}
