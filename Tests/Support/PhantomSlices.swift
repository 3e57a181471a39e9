import Foundation
package import Imaging
import NIfTI
import Phantom

/// A few slices through the middle of a phantom, the fastest real case, as an uncompressed NIfTI file whose header a test can bend.
package enum PhantomSlices {
    /// Writes `count` slices in real numbers.
    package static func write(_ count: Int = 4, to path: String, change: (inout Volume<Float>) -> Void = { _ in }) throws {
        let phantom = CTPhantom(seed: 3)
        let (full, first) = (phantom.image.geometry, phantom.image.geometry.size.z / 2)
        let size = SIMD3(full.size.x, full.size.y, count)
        var cut = Volume<Float>(geometry: ImageGeometry(size: size, spacing: full.spacing), repeating: 0)
        for z in 0..<count { for y in 0..<size.y { for x in 0..<size.x { cut[x, y, z] = Float(phantom.image[x, y, first + z]) } } }
        change(&cut)
        try writeVolume(cut, to: path)
    }

    /// Sets the codes of the transforms and the sform of an uncompressed NIfTI-1 file.
    package static func setTransforms(_ path: String, qform: Int16, sform: Int16, rows: [Float]) throws {
        var data = try Data(contentsOf: URL(filePath: path))
        for (index, code) in [qform, sform].enumerated() {
            withUnsafeBytes(of: code.littleEndian) { data.replaceSubrange(252 + 2 * index..<254 + 2 * index, with: $0) }
        }
        for (index, number) in rows.enumerated() {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { data.replaceSubrange(280 + 4 * index..<284 + 4 * index, with: $0) }
        }
        try data.write(to: URL(filePath: path))
    }

    /// Writes zeros of int16 as an uncompressed NIfTI-2 file, whose axes may be longer than NIfTI-1's.
    package static func writeNIfTI2(size: [Int], to path: String) throws {
        var data = Data(count: 544)
        func put<Number: FixedWidthInteger>(_ number: Number, at place: Int) {
            withUnsafeBytes(of: number.littleEndian) { data.replaceSubrange(place..<place + $0.count, with: $0) }
        }
        put(540 as Int32, at: 0)
        data.replaceSubrange(4..<12, with: Data("n+2\0\r\n".utf8 + [0x1a, 0x0a]))
        put(4 as Int16, at: 12)
        put(16 as Int16, at: 14)
        for (axis, count) in ([size.count] + size).enumerated() { put(Int64(count), at: 16 + 8 * axis) }
        for axis in 0...size.count { put((1.0).bitPattern, at: 104 + 8 * axis) }
        put(544 as Int64, at: 168)
        data.append(Data(count: 2 * size.reduce(1, *)))
        try data.write(to: URL(filePath: path))
    }

    /// An sform that is turned by 20 degrees about z against an upright image, and one without voxel sizes.
    package static let turned: [Float] = [-0.94, 0.34, 0, 63, -0.34, -0.94, 0, 83, 0, 0, 1, -27]
    /// An sform whose columns have length 1, whatever the voxel sizes are.
    package static let unitScale: [Float] = [-1, 0, 0, 80, 0, -1, 0, 65, 0, 0, 1, -30]
}

/// Some slices through the middle of a phantom, so that predicting them takes a moment.
package func phantomSlices(_ count: Int = 2, seed: UInt64 = 5) -> Volume<Int16> {
    let phantom = CTPhantom(seed: seed)
    let size = phantom.image.geometry.size
    var cut = Volume<Int16>(
        geometry: ImageGeometry(size: SIMD3(size.x, size.y, count), spacing: phantom.image.geometry.spacing), repeating: 0)
    for z in 0..<count {
        for y in 0..<size.y {
            for x in 0..<size.x { cut[x, y, z] = phantom.image[x, y, size.z / 2 + z] }
        }
    }
    return cut
}
