package import DICOM
import Foundation
package import Imaging

/// Makes DICOM series with controlled geometry and content, so that a test can bend one attribute and see what happens.
package struct DICOMSynthesiser: Sendable {
    /// The grid of the series.
    package var geometry: ImageGeometry
    /// CT or MR, series number, description, seed of the UIDs.
    package var writer = DICOMSeriesWriter(seed: 1)

    /// A series of axial slices of 6×4 pixels, 3 mm apart, unless told otherwise.
    package init(
        size: SIMD3<Int> = SIMD3(6, 4, 8), spacing: SIMD3<Double> = SIMD3(0.7, 0.9, 3), origin: SIMD3<Double> = SIMD3(-10, 20, 100),
        direction: Matrix3 = .identity
    ) {
        geometry = ImageGeometry(size: size, spacing: spacing, origin: origin, direction: direction)
    }

    /// The volume whose every voxel tells its place: x + 10 y + 100 z.
    package var volume: Volume<Int16> {
        var volume = Volume<Int16>(geometry: geometry, repeating: 0)
        for z in 0..<geometry.size.z {
            for y in 0..<geometry.size.y {
                for x in 0..<geometry.size.x { volume[x, y, z] = Self.value(x, y, z) }
            }
        }
        return volume
    }

    /// The value at an index.
    package static func value(_ x: Int, _ y: Int, _ z: Int) -> Int16 { Int16(truncatingIfNeeded: x + 10 * y + 100 * z) }

    /// One object per slice, in the order of z.
    package func objects() throws -> [DICOMObject] {
        try writer.objects(volume, path: "synthesised")
    }

    /// Writes objects in reverse, so that nothing relies on the order of names; gives the paths in the order of the objects.
    @discardableResult
    package static func write(_ objects: [DICOMObject], to folder: TemporaryFolder) throws -> [String] {
        try objects.enumerated().map { index, object in
            let path = folder.file("slice\(999 - index).dcm")
            try Data(object.encodedFile()).write(to: URL(filePath: path))
            return path
        }
    }
}

extension DICOMObject {
    /// Sets Image Position (Patient), LPS, mm.
    package mutating func setPosition(_ position: SIMD3<Double>) {
        set(0x0020, 0x0032, "DS", "\(position.x)\\\(position.y)\\\(position.z)")
    }

    /// Sets how samples are stored, and the samples themselves from words of the allocated size.
    package mutating func setPixels<Word: FixedWidthInteger>(_ words: [Word], stored: Int, isSigned: Bool, highBit: Int? = nil) {
        set(0x0028, 0x0100, Word.bitWidth)
        set(0x0028, 0x0101, stored)
        set(0x0028, 0x0102, highBit ?? stored - 1)
        set(0x0028, 0x0103, isSigned ? 1 : 0)
        set(0x7fe0, 0x0010, "OW", bytes: words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } })
    }
}
