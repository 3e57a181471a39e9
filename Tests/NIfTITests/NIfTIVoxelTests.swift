import Files
import Foundation
import NIfTI
import TestSupport
import Testing

/// Voxel types and scaling, with the numbers that SimpleITK 2.5.7 and nibabel 5.4 give as float32.
struct NIfTIVoxelTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func firstVoxels(_ file: TinyNIfTI, as reader: NIfTIReaderWriter = .simpleITK) throws -> [Float] {
        let read = try readImage(paths: [try file.write(to: folder.file("a.nii"))], as: reader)
        return (0..<3).map { read.image.voxels[$0] }
    }

    @Test(arguments: [false, true])
    func `every integer type is read in either byte order`(_ isBigEndian: Bool) throws {
        var file = TinyNIfTI.usual
        file.isBigEndian = isBigEndian
        func check<Number: FixedWidthInteger>(_ type: Number.Type, _ code: Int) throws {
            file.setVoxels([Number.min, Number.max, 77], datatype: code)
            for reader in [NIfTIReaderWriter.simpleITK, .nibabel] {
                #expect(try firstVoxels(file, as: reader) == [Float(Number.min), Float(Number.max), 77])
            }
        }
        try check(UInt8.self, 2)
        try check(Int8.self, 256)
        try check(Int16.self, 4)
        try check(UInt16.self, 512)
        try check(Int32.self, 8)
        try check(UInt32.self, 768)
        try check(Int64.self, 1024)
        try check(UInt64.self, 1280)
    }

    @Test(arguments: [false, true])
    func `whole numbers from 0 to 65535 are labels, whatever type holds them`(_ isBigEndian: Bool) throws {
        var file = TinyNIfTI.usual
        file.isBigEndian = isBigEndian
        let path = folder.file("a.nii")
        func check<Number: FixedWidthInteger>(_ voxels: [Number], _ code: Int, _ expected: [UInt16]?) throws {
            file.setVoxels(voxels, datatype: code)
            _ = try file.write(to: path)
            for reader in [NIfTIReaderWriter.simpleITK, .nibabel] {
                guard let expected else {
                    #expect(throws: Problem.self) { _ = try readLabels(path: path, as: reader).arraySpacing }
                    continue
                }
                let read = try readLabels(path: path, as: reader)
                #expect((0..<3).map { read.labels.voxels[$0] } == expected)
            }
        }
        try check([0, 255, 7] as [UInt8], 2, [0, 255, 7])
        try check([0, 65535, 258] as [UInt16], 512, [0, 65535, 258])
        try check([0, 32767, 3] as [Int16], 4, [0, 32767, 3])
        try check([0, -1, 3] as [Int16], 4, nil)
        try check([65536, 0, 0] as [Int32], 8, nil)
        try check([0, 65535, 1] as [Int64], 1024, [0, 65535, 1])
        func check(_ voxels: [Float], _ expected: [UInt16]?) throws { try check(voxels.map(\.bitPattern), 16, expected) }
        try check([-0.0, 65535, 4], [0, 65535, 4])
        for wrong in [0.5, 65535.5, -1, 65536, 8_388_608, 8_388_609, 1e30, .nan, .infinity] as [Float] { try check([wrong, 0, 0], nil) }
    }

    @Test(arguments: [false, true])
    func `real types are read in either byte order`(_ isBigEndian: Bool) throws {
        var file = TinyNIfTI.usual
        file.isBigEndian = isBigEndian
        file.setVoxels([1.5, -2.25, 3e30].map { Float($0).bitPattern }, datatype: 16)
        #expect(try firstVoxels(file) == [1.5, -2.25, 3e30])
        file.setVoxels([1e-3, -2.25, 1e30].map { Double($0).bitPattern }, datatype: 64)
        #expect(try firstVoxels(file) == [1e-3, -2.25, 1e30])
    }

    @Test(arguments: [
        (2.0, -10.0, [-16, -10, 4] as [Float], [-16, -10, 4] as [Float]),
        // ITK keeps the intercept of a zero slope, nibabel does not.
        (0, -10, [-13, -10, -3], [-3, 0, 7]),
        (.nan, -10, [-13, -10, -3], [-3, 0, 7]),
        (0.1, 0.3, [7.450580596923828e-09, 0.30000001192092896, 1], [7.450580596923828e-09, 0.30000001192092896, 1]),
        (1, 0, [-3, 0, 7], [-3, 0, 7]),
    ])
    func `slope and intercept are applied to 16-bit voxels`(slope: Double, intercept: Double, itk: [Float], nibabel: [Float]) throws {
        var file = TinyNIfTI.usual
        file.setVoxels([-3, 0, 7] as [Int16], datatype: 4)
        (file.slope, file.intercept) = (slope, intercept)
        #expect(try firstVoxels(file) == itk)
        #expect(try firstVoxels(file, as: .nibabel) == nibabel)
    }

    @Test func `ITK narrows 32-bit voxels before scaling them, nibabel after`() throws {
        var file = TinyNIfTI.usual
        file.setVoxels([16_777_217, -5, 1] as [Int32], datatype: 8)
        #expect(try firstVoxels(file) == [16_777_216, -5, 1])
        (file.slope, file.intercept) = (2, -10)
        #expect(try firstVoxels(file) == [33_554_422, -20, -8])
        #expect(try firstVoxels(file, as: .nibabel) == [33_554_424, -20, -8])
    }

    @Test func `scaling holds without any transform`() throws {
        var file = TinyNIfTI.usual
        (file.sformCode, file.slope, file.intercept) = (0, 2, -10)
        #expect(try firstVoxels(file) == [-10, -8, -6])
    }

    @Test func `voxels that are not finite are counted, zeroed as by ITK, kept as by nibabel`() throws {
        var file = TinyNIfTI.usual
        file.setVoxels([Float.nan, .infinity, 3].map(\.bitPattern), datatype: 16)
        (file.slope, file.intercept) = (2, 5)
        let itk = try readImage(paths: [try file.write(to: folder.file("a.nii"))])
        #expect(itk.notFiniteCount == 2)
        #expect((0..<3).map { itk.image.voxels[$0] } == [5, 5, 11])
        #expect(itk.warnings.contains { $0.contains("2 voxels are NaN") })
        let nibabel = try readImage(paths: [folder.file("a.nii")], as: .nibabel)
        #expect(nibabel.notFiniteCount == 2)
        #expect(nibabel.image.voxels[0].isNaN)
        #expect(nibabel.image.voxels[1] == .infinity)
        let zeroed = try readImage(paths: [folder.file("a.nii")], as: .nibabel, zeroingNotFinite: true)
        #expect(zeroed.notFiniteCount == 2)
        #expect((0..<3).map { zeroed.image.voxels[$0] } == [5, 5, 11])
        #expect(zeroed.warnings.contains { $0.contains("2 voxels are NaN or infinite and are taken as 0") })
    }

    @Test(arguments: NIfTIReaderWriter.allCases)
    func `a double too large for float32 is counted apart and never made 0`(_ reader: NIfTIReaderWriter) throws {
        var file = TinyNIfTI.usual
        file.setVoxels([1e300, 2.5, 0].map { Double($0).bitPattern }, datatype: 64)
        let read = try readImage(paths: [try file.write(to: folder.file("a.nii"))], as: reader, zeroingNotFinite: true)
        #expect((read.tooLargeCount, read.notFiniteCount) == (1, 0))
        #expect(read.warnings.contains { $0.contains("1 voxels are too large for float32") })
    }

    @Test func `scaling beyond float32 is counted, too`() throws {
        var file = TinyNIfTI.usual
        (file.slope, file.intercept) = (3e38, 0)
        #expect(try readImage(paths: [try file.write(to: folder.file("a.nii"))]).tooLargeCount == 22)
    }

    @Test func `NIfTI-2 is read with the same rules`() throws {
        var file = TinyNIfTI.usual
        file.version = 2
        for isBigEndian in [false, true] {
            file.isBigEndian = isBigEndian
            let read = try readImage(paths: [try file.write(to: folder.file("a.nii"))])
            #expect(read.image.geometry.spacing == SIMD3(0.7, 0.7, 3))
            #expect(read.image.geometry.origin == SIMD3(-10, -20, 30))
            #expect(read.image.voxels[23] == 23)
            #expect(try NIfTIHeaderSummary(path: folder.file("a.nii")).version == 2)
        }
    }

    @Test func `header and voxels may be two files`() throws {
        var file = TinyNIfTI.usual
        (file.magic, file.voxelOffset) = (Array("ni1\0".utf8), 0)
        try file.data.prefix(352).write(to: URL(filePath: folder.file("a.hdr")))
        try file.voxels.write(to: URL(filePath: folder.file("a.img")))
        for name in ["a.hdr", "a.img"] {
            #expect(try readImage(paths: [folder.file(name)]).image.voxels[23] == 23)
        }
        try file.voxels.dropLast().write(to: URL(filePath: folder.file("a.img")))
        #expect(throws: Problem.self) { _ = try readImage(paths: [folder.file("a.hdr")]) }
    }
}
