import Foundation
import Imaging
import NIfTI
import Tensors
import TestSupport
import Testing

struct `Whether a NIfTI file is there to its end` {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    /// A file whose content doesn't compress.
    private var image: Data {
        var random = SplitMix64(seed: 7)
        var file = TinyNIfTI.usual
        file.dim = [3, 40, 30, 20, 1, 1, 1, 1]
        file.voxels = Data((0..<24_000).map { _ in UInt8.random(in: 0...255, using: &random) })
        return file.data
    }

    private func compressed(_ data: Data) throws -> Data {
        let path = folder.file("plain")
        try data.write(to: URL(filePath: path))
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-f", path]
        try gzip.run()
        gzip.waitUntilExit()
        return try Data(contentsOf: URL(filePath: path + ".gz"))
    }

    private func shortfall(of data: Data, _ name: String) throws -> String? {
        try data.write(to: URL(filePath: folder.file(name)))
        return NIfTIProbe.shortfall(path: folder.file(name))
    }

    @Test(arguments: ["a.nii", "a.nii.gz"])
    func `is seen wherever it ends`(name: String) throws {
        let whole = name.hasSuffix(".gz") ? try compressed(image) : image
        #expect(try shortfall(of: whole, name) == nil)
        for length in [0, 100, 400, whole.count / 2, whole.count - 9, whole.count - 1] {
            #expect(try shortfall(of: whole.prefix(length), name) != nil, "\(length) of \(whole.count) bytes")
        }
    }

    @Test func `is seen of a compressed file of several members`() throws {
        let halves = [try compressed(image.prefix(9000)), try compressed(image.dropFirst(9000))]
        #expect(try shortfall(of: halves[0] + halves[1], "b.nii.gz") == nil)
        #expect(try shortfall(of: halves[0], "b.nii.gz") != nil)
    }

    @Test func `is not asked of a file that is no NIfTI`() throws {
        #expect(try shortfall(of: Data("no image".utf8), "a.nii") == nil)
        #expect(try shortfall(of: Data("no image".utf8), "a.nii.gz") == nil)
    }
}
