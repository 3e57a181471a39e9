import Glibc
import Imaging

extension NIfTIHeader {
    /// sform and qform that place a corner farther apart than this part of the smallest voxel side contradict each other; rounding to
    /// single precision stays far below.
    private static let placementTolerance = 0.1
    /// Voxel sizes that differ by more than this part contradict each other; ITK's own limit.
    private static let sizeTolerance = 1e-3
    /// Axes that are farther from right angles, degrees, are sheared; single precision stays far below.
    private static let shearTolerance = 0.1
    /// A plane that is turned out of the axial one by less than this, degrees, is not called tilted.
    private static let tiltTolerance = 0.1

    /// What a person should look at before trusting places and sizes: a header that contradicts itself, lacks a size, or says what a label
    /// map can't keep.
    func warnings(as reader: NIfTIReaderWriter, path: String) -> [String] {
        let spatial = 0..<min(3, dimensions.count)
        var texts = spatial.filter { pixdim[$0 + 1] == 0 || !pixdim[$0 + 1].isFinite }.map { axis in
            "the header gives no usable voxel size along \(axisName(axis)), 1 mm is taken; lengths and volumes hold only if it is."
        }
        let smallest = spatial.map { abs(distance($0 + 1)) * millimetresPerUnit }.min() ?? 1
        if let distance = transformDistance, !(distance <= Self.placementTolerance * smallest) {
            texts.append(
                "its sform and its qform place it up to \(shown(distance)) mm apart, and \(reader.rawValue) goes by the"
                    + " \(goesBySform(reader) ? "sform" : "qform"); check in the overlay that it holds.")
        } else if let sizes = contradictingSizes {
            texts.append(
                "its sform gives voxels of \(sizes.map(shown).joined(separator: " × ")) mm, its pixdim of"
                    + " \(spatial.map { shown(abs(self.distance($0 + 1)) * millimetresPerUnit) }.joined(separator: " × ")) mm; check which"
                    + " holds, since volumes rest on it.")
        }
        if reader.followsNibabel, (1...5).contains(transforms.sformCode), let shear, shear > Self.shearTolerance {
            texts.append(
                "the axes of its sform are up to \(shown(shear))° from being at right angles; the voxels are taken as a straight grid, and"
                    + " lengths and volumes go by their sizes.")
        }
        if let angle = planarTilt, angle > Self.tiltTolerance {
            texts.append(
                "a planar image in a plane tilted by \(shown(angle))°; a label map of it lies on its pixels but can't keep the plane.")
        }
        return texts.map { "\(path): \($0)" }
    }

    private func goesBySform(_ reader: NIfTIReaderWriter) -> Bool {
        reader.followsNibabel ? (1...5).contains(transforms.sformCode) : itkPrefersAffine
    }

    /// The largest distance, mm, between where sform and qform place a corner; nil unless the file has both.
    private var transformDistance: Double? {
        guard transforms.sformCode > 0, transforms.qformCode > 0 else { return nil }
        var largest = 0.0
        for corner in 0..<8 {
            var point = SIMD4<Double>(0, 0, 0, 1)
            for axis in 0..<min(3, dimensions.count) where corner >> axis & 1 == 1 { point[axis] = Double(dimensions[axis] - 1) }
            let squares = (0..<3).map { row in
                let difference = ((transforms.affineRows[row] - transforms.quaternionRows[row]) * point).sum()
                return difference * difference
            }
            largest = max(largest, squares.reduce(0, +).squareRoot() * millimetresPerUnit)
        }
        return largest
    }

    /// The voxel sizes of the sform, mm, where they are others than pixdim's.
    private var contradictingSizes: [Double]? {
        guard transforms.sformCode > 0 else { return nil }
        let spatial = 0..<min(3, dimensions.count)
        let sizes = spatial.map { length(ofColumn: $0, in: transforms.affineRows) }
        guard spatial.contains(where: { !(abs(sizes[$0] - abs(distance($0 + 1))) <= Self.sizeTolerance * abs(distance($0 + 1))) }) else {
            return nil
        }
        return sizes.map { $0 * millimetresPerUnit }
    }

    /// The angle, degrees, by which a planar image's plane is turned out of the axial one; nil for a volume or without a transform.
    private var planarTilt: Double? {
        guard dimensions.count == 2, transforms.sformCode > 0 || transforms.qformCode > 0 else { return nil }
        let rows = itkPrefersAffine ? transforms.affineRows : transforms.quaternionRows
        let sines = (0..<2).map { abs(rows[2][$0]) / max(length(ofColumn: $0, in: rows), .leastNormalMagnitude) }
        // The plane's steepest line: its two axes are at right angles.
        let steepest = (sines[0] * sines[0] + sines[1] * sines[1]).squareRoot()
        return asin(min(1, steepest)) * 180 / .pi
    }

    /// How far two axes of the sform are from a right angle at most, degrees; nil where an axis has no length.
    private var shear: Double? {
        let columns = (0..<min(3, dimensions.count)).map { column in
            SIMD3(transforms.affineRows[0][column], transforms.affineRows[1][column], transforms.affineRows[2][column])
        }
        let lengths = columns.indices.map { length(ofColumn: $0, in: transforms.affineRows) }
        guard lengths.allSatisfy({ $0 > 0 }) else { return nil }
        var largest = 0.0
        for first in columns.indices {
            for second in columns.indices where second > first {
                let cosine = (columns[first] * columns[second]).sum() / (lengths[first] * lengths[second])
                largest = max(largest, asin(min(1, abs(cosine))) * 180 / .pi)
            }
        }
        return largest
    }

    private func length(ofColumn column: Int, in rows: [SIMD4<Double>]) -> Double {
        rows.reduce(0) { $0 + $1[column] * $1[column] }.squareRoot()
    }

    /// Three decimals at most.
    private func shown(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() && abs(rounded) < 1e9 ? String(Int(rounded)) : String(rounded)
    }
}
