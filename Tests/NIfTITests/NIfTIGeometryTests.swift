import Files
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// A file, and what SimpleITK 2.5.7 (ITK 5.4) makes of it.
struct ITKGeometryCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let file: TinyNIfTI
    let spacing: SIMD3<Double>
    let origin: SIMD3<Double>
    let direction: [Double]

    init(
        _ description: String, _ file: TinyNIfTI, spacing: SIMD3<Double> = usualSpacing, origin: SIMD3<Double>, direction: [Double]
    ) {
        testDescription = description
        self.file = file
        self.spacing = spacing
        self.origin = origin
        self.direction = direction
    }

    /// pixdim is stored in single precision and widened.
    static let usualSpacing = SIMD3(0.699999988079071, 0.699999988079071, 3)
    static let axial: [Double] = [1, 0, 0, 0, -1, 0, 0, 0, 1]
    static let rotated = [
        -0.7400000059849196, 0.5164171084339911, -0.430944750763816, -0.5964171006322567, -0.7999999983940981, 0.06547236292512491,
        -0.3109447430263643, 0.3054723763061377, 0.8999999952678407,
    ]

    /// The usual file with a rotating quaternion besides.
    static func both(sformCode: Int) -> TinyNIfTI {
        var file = TinyNIfTI.usual
        file.sformCode = sformCode
        file.qformCode = 1
        file.quaternion = [0.1, 0.2, 0.3]
        file.quaternionOffset = [1, 2, 3]
        return file
    }

    static func changed(_ change: (inout TinyNIfTI) -> Void) -> TinyNIfTI {
        var file = TinyNIfTI.usual
        change(&file)
        return file
    }

    static let all: [ITKGeometryCase] = [
        .init("qform only", both(sformCode: 0), origin: SIMD3(-1, -2, 3), direction: rotated),
        .init("sform only", changed { $0.sformCode = 2 }, origin: SIMD3(-10, -20, 30), direction: axial),
        .init("different, sform is scanner", both(sformCode: 1), origin: SIMD3(-10, -20, 30), direction: axial),
        .init("different, sform is aligned", both(sformCode: 2), origin: SIMD3(-1, -2, 3), direction: rotated),
        .init(
            "ITK's singular vectors do not see a flip along z",
            changed {
                ($0.qformCode, $0.sformCode) = (1, 2)
                ($0.quaternion, $0.quaternionOffset) = ([0, 0, 1], [10, 20, 30.00005])
                $0.rows = [-0.7, 0, 0, 10, 0, -0.7, 0, 20, 0, 0, -3, 30]
            }, origin: SIMD3(-10, -20, 30), direction: [1, 0, 0, 0, 1, 0, 0, 0, -1]),
        .init("neither", changed { $0.sformCode = 0 }, origin: .zero, direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]),
        .init(
            "sheared sform beside a qform",
            {
                var file = both(sformCode: 1)
                file.rows[1] = 0.1
                return file
            }(), origin: SIMD3(-1, -2, 3), direction: rotated),
        .init(
            "negative qfac",
            {
                var file = both(sformCode: 0)
                file.pixdim[0] = -1
                return file
            }(), origin: SIMD3(-1, -2, 3),
            direction: rotated.enumerated().map { $0.offset % 3 == 2 ? -$0.element : $0.element }),
        .init(
            "negative distance", changed { $0.pixdim[1] = -0.7 }, origin: SIMD3(-10, -20, 30), direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1]),
        .init(
            "metres",
            changed {
                $0.units = 1
                $0.pixdim = [1, 0.0007, 0.0007, 0.003, 1, 1, 1, 1]
                $0.rows = $0.rows.map { $0 / 1000 }
            }, spacing: SIMD3(0.699999975040555, 0.699999975040555, 3.000000026077032),
            origin: SIMD3(-9.999999776482582, -19.999999552965164, 29.999999329447746), direction: axial),
        .init(
            "unusable distances", changed { ($0.pixdim[1], $0.pixdim[2]) = (0, .nan) }, spacing: SIMD3(1, 1, 3),
            origin: SIMD3(-10, -20, 30),
            direction: axial),
    ]
}

/// ITK's geometry rules (specification 4.1, trap 45) and nibabel's (4.2).
struct NIfTIGeometryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: ITKGeometryCase.all)
    func `the grid is ITK's`(_ expected: ITKGeometryCase) throws {
        let read = try readImage(paths: [try expected.file.write(to: folder.file("a.nii"))])
        #expect(read.image.geometry.spacing == expected.spacing)
        #expect(read.image.geometry.origin == expected.origin)
        for (found, wanted) in zip(read.image.geometry.direction.elements, expected.direction) { #expect(abs(found - wanted) < 1e-15) }
        #expect(read.arraySpacing == [expected.spacing.z, expected.spacing.y, expected.spacing.x])
    }

    @Test func `a sheared sform without a qform is refused`() throws {
        let path = try ITKGeometryCase.changed { $0.rows[1] = 0.1 }.write(to: folder.file("a.nii"))
        #expect(throws: Problem.self) { _ = try readImage(paths: [path]) }
        #expect(try NIfTIHeaderSummary(path: path).refusal?.contains("not orthogonal") == true)
        let read = try readImage(paths: [path], as: .nibabel)
        #expect(read.source.originalAffine?.rows[0][1] == Double(Float(0.1)))
        #expect(read.warnings.contains { $0.contains("are up to") && $0.contains("from being at right angles") }, "\(read.warnings)")
    }

    @Test(arguments: NIfTIReaderWriter.allCases, [1, 2, 4])
    func `transforms that disagree are a warning that says which one holds`(_ reader: NIfTIReaderWriter, _ sformCode: Int) throws {
        let agreeing = try readImage(paths: [try TinyNIfTI.usual.write(to: folder.file("a.nii"))], as: reader)
        #expect(agreeing.warnings.isEmpty)
        let path = try ITKGeometryCase.both(sformCode: sformCode).write(to: folder.file("b.nii"))
        let warnings = try readImage(paths: [path], as: reader).warnings
        #expect(warnings.count == 1)
        let holds = sformCode == 1 || reader.rawValue.hasPrefix("Nibabel") ? "sform" : "qform"
        #expect(warnings[0].hasPrefix("\(path): its sform and its qform place it up to "))
        #expect(warnings[0].contains(" mm apart, and \(reader.rawValue) goes by the \(holds);"), "\(warnings)")
    }

    @Test func `transforms that agree but for rounding are no warning`() throws {
        let file = ITKGeometryCase.changed {
            ($0.qformCode, $0.quaternion, $0.quaternionOffset) = (1, [0, 1, 0], [10.00002, 20, 30])
            $0.pixdim[0] = -1
        }
        #expect(try readImage(paths: [try file.write(to: folder.file("a.nii"))]).warnings.isEmpty)
    }

    @Test(arguments: NIfTIReaderWriter.allCases)
    func `an sform of other voxel sizes than pixdim is a warning`(_ reader: NIfTIReaderWriter) throws {
        let file = ITKGeometryCase.changed { ($0.sformCode, $0.rows) = (2, [-1, 0, 0, 10, 0, 1, 0, 20, 0, 0, 1, 30]) }
        let warnings = try readImage(paths: [try file.write(to: folder.file("a.nii"))], as: reader).warnings
        #expect(warnings.count == 1)
        #expect(warnings[0].contains("its sform gives voxels of 1 × 1 × 1 mm, its pixdim of 0.7 × 0.7 × 3 mm"), "\(warnings)")
    }

    @Test(arguments: NIfTIReaderWriter.allCases)
    func `a voxel size that is not given is a warning`(_ reader: NIfTIReaderWriter) throws {
        let file = ITKGeometryCase.changed { ($0.pixdim[1], $0.sformCode) = (0, 0) }
        let warnings = try readImage(paths: [try file.write(to: folder.file("a.nii"))], as: reader).warnings
        #expect(warnings.count == 1)
        #expect(warnings[0].contains("no usable voxel size along x, 1 mm is taken"))
    }

    @Test(arguments: [(0.0, nil), (0.05, nil), (30, "tilted by 30°")] as [(Double, String?)])
    func `a planar image in a tilted plane is a warning`(degrees: Double, expected: String?) throws {
        let (cosine, sine) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        let file = ITKGeometryCase.changed {
            $0.dim = [2, 6, 4, 1, 1, 1, 1, 1]
            $0.rows = [-0.7, 0, 0, 10, 0, 0.7 * cosine, -sine, 20, 0, 0.7 * sine, cosine, 30]
        }
        let warnings = try readImage(paths: [try file.write(to: folder.file("a.nii"))]).warnings
        #expect(warnings.count == (expected == nil ? 0 : 1))
        if let expected { #expect(warnings[0].contains(expected), "\(warnings)") }
    }

    @Test func `a planar image across the axial plane is refused with a way out`() throws {
        let file = ITKGeometryCase.changed {
            $0.dim = [2, 6, 4, 1, 1, 1, 1, 1]
            $0.rows = [0, 0, 3, 10, -0.7, 0, 0, 20, 0, 0.7, 0, 30]
        }
        let path = try file.write(to: folder.file("a.nii"))
        let error = #expect(throws: Problem.self) { _ = try readImage(paths: [path]) }
        #expect(error?.description.contains("save it as a volume of one slice") == true)
    }

    @Test func `a planar image has 999 times its largest distance along z`() throws {
        let file = ITKGeometryCase.changed {
            $0.dim = [2, 6, 4, 1, 1, 1, 1, 1]
            $0.pixdim = [1, 0.7, 0.5, 1, 1, 1, 1, 1]
            $0.rows = [-0.7, 0, 0, 10, 0, 0.5, 0, 20, 0, 0, 1, 30]
        }
        let read = try readImage(paths: [try file.write(to: folder.file("a.nii"))])
        #expect(read.arraySpacing == [699.299988090992, 0.5, 0.699999988079071])
        #expect(read.image.geometry.arrayShape == [1, 4, 6])
        #expect(read.image.geometry.dimension == 2)
        #expect(throws: Problem.self) { _ = try readImage(paths: [folder.file("a.nii")], as: .nibabel) }
        #expect(throws: Problem.self) { _ = try readImage(paths: [folder.file("a.nii")], as: .simpleITKReorient) }
    }

    @Test func `a fourth dimension of one is none, a longer one counts channels that can't be written`() throws {
        var file = TinyNIfTI.usual
        file.dim = [4, 2, 3, 4, 1, 1, 1, 1]
        let single = try readImage(paths: [try file.write(to: folder.file("a.nii"))])
        #expect(single.image.channelCount == 1)
        file.dim = [4, 2, 3, 2, 2, 1, 1, 1]
        let double = try readImage(paths: [try file.write(to: folder.file("b.nii"))])
        #expect(double.image.channelCount == 2)
        #expect(double.image.geometry.arrayShape == [2, 3, 2])
        #expect(double.image.voxels[12] == 12)
        let labels = LabelMap(geometry: double.image.geometry, repeating: 1)
        #expect(throws: Problem.self) { try writeLabels(labels, to: folder.file("c.nii.gz"), source: double.source) }
        #expect(!FileManager.default.fileExists(atPath: folder.file("c.nii.gz")))
    }

    @Test func `nibabel's affine comes from the qform or the centre when there is no sform`() throws {
        var file = TinyNIfTI.usual
        (file.pixdim[2], file.sformCode) = (0.8, 0)
        let centred = try readImage(paths: [try file.write(to: folder.file("a.nii"))], as: .nibabel)
        expectClose(
            centred.source.originalAffine?.elements,
            [-0.69999999, 0, 0, 0.34999999, 0, 0.80000001, 0, -0.80000001, 0, 0, 3, -4.5], within: 1e-8)
        (file.pixdim[0], file.qformCode, file.quaternion, file.quaternionOffset) = (-1, 1, [0.1, 0.2, 0.3], [1, 2, 3])
        let rotated = try readImage(paths: [try file.write(to: folder.file("b.nii"))], as: .nibabel)
        expectClose(
            rotated.source.originalAffine?.elements,
            [0.51799998, -0.41313371, -1.29283424, 1, 0.41749198, 0.64, 0.1964171, 2, -0.21766131, 0.24437791, -2.69999999, 3],
            within: 1e-8)
        #expect(rotated.arraySpacing == [3, 0.800000011920929, 0.699999988079071])
    }

    @Test(arguments: [NIfTIReaderWriter.nibabelReorient, .simpleITKReorient])
    func `the reorienting readers turn axes to right, anterior, superior`(_ reader: NIfTIReaderWriter) throws {
        let file = ITKGeometryCase.changed {
            $0.pixdim[2] = 0.8
            $0.rows = [0, 0, 3, 10, -0.7, 0, 0, 20, 0, 0.8, 0, 30]
        }
        let read = try readImage(paths: [try file.write(to: folder.file("a.nii"))], as: reader)
        #expect(read.image.geometry.arrayShape == [3, 2, 4])
        #expect((0..<8).map { read.image.voxels[$0] } == [1, 7, 13, 19, 0, 6, 12, 18])
        #expect(read.arraySpacing == [0.800000011920929, 0.699999988079071, 3])
        #expect(read.source.originalOrientation == (reader == .simpleITKReorient ? "PSR" : nil))
        expectClose(
            [read.image.geometry.origin.x, read.image.geometry.origin.y, read.image.geometry.origin.z], [-10, -19.30000001192093, 30],
            within: 1e-12)
        #expect(read.image.geometry.direction == Matrix3(rows: SIMD3(-1, 0, 0), SIMD3(0, -1, 0), SIMD3(0, 0, 1)))
    }

    private func expectClose(_ found: [Double]?, _ wanted: [Double], within tolerance: Double) {
        #expect(found?.count == wanted.count)
        for (a, b) in zip(found ?? [], wanted) { #expect(abs(a - b) <= tolerance) }
    }
}
