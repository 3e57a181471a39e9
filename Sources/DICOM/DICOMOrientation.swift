import Foundation
import Imaging

/// The axes of a stack of slices, from the directions that are written and, where these are written coarsely, from the slices' positions.
///
/// Programs write direction cosines with two or three decimals: (0.71, 0.70, 0) for (0.7071, 0.7071, 0). Such directions are not quite of
/// length 1, not quite perpendicular, and their normal is not quite the line along which the slices lie; all three within what rounding
/// does. Positions are written more finely, so the normal is then taken from them.
struct DICOMOrientation {
    /// Columns: row direction, column direction, normal; orthonormal. The normal keeps its direction, the others are turned onto it
    /// (ITK, `GDCMImageIO`).
    let axes: Matrix3
    /// For people: that the directions were written coarsely, where that moved the axes; nil otherwise.
    let warning: String?

    /// - Parameters:
    ///   - row: the direction of a row as written (0020,0037), LPS.
    ///   - column: the direction of a column as written.
    ///   - positions: of the slices' first pixels, LPS, mm, in any order.
    init(row: SIMD3<Double>, column: SIMD3<Double>, positions: [SIMD3<Double>]) {
        let written = row.cross(column).normalized
        let turned = Self.lineAlong(written, positions, within: Self.largestTurn(row, column))
        let normal = turned ?? written
        let orthogonalRow = column.cross(normal).normalized
        axes = Matrix3(columns: orthogonalRow, normal.cross(orthogonalRow), normal)
        let turn = Self.angle(written, normal)
        let isSkew = !Self.areOrthonormal(row, column, tolerance: DICOMTolerance.orthonormality)
        warning =
            turn > DICOMTolerance.tilt || isSkew
            ? "\(DICOMTag.imageOrientation.named) is written with few decimals; the axes are made perpendicular"
                + (turned == nil ? "." : ", their normal is the line of the slices, \((turn * 100).rounded() / 100) degrees away.") : nil
    }

    /// Whether two directions are perpendicular and of length 1, as far as the decimals with which they are written can say.
    static func areOrthonormal(_ row: SIMD3<Double>, _ column: SIMD3<Double>) -> Bool {
        let tolerance = max(DICOMTolerance.orthonormality, DICOMTolerance.roundedDirection * unit(row, column))
        return areOrthonormal(row, column, tolerance: tolerance)
    }

    private static func areOrthonormal(_ row: SIMD3<Double>, _ column: SIMD3<Double>, tolerance: Double) -> Bool {
        [row.length - 1, column.length - 1, row.dot(column)].allSatisfy { abs($0) <= tolerance }
    }

    /// The last decimal with which the directions are written, 0.01 or 0.001; 0 where it is finer, and along the patient's axes, where
    /// nothing is rounded.
    private static func unit(_ row: SIMD3<Double>, _ column: SIMD3<Double>) -> Double {
        let cosines = [row.x, row.y, row.z, column.x, column.y, column.z]
        func areMultiples(of unit: Double) -> Bool { cosines.allSatisfy { abs(($0 / unit).rounded() * unit - $0) < 1e-9 } }
        return areMultiples(of: 1) ? 0 : [0.01, 0.001].first(where: areMultiples) ?? 0
    }

    /// Degrees.
    private static func largestTurn(_ row: SIMD3<Double>, _ column: SIMD3<Double>) -> Double {
        atan(DICOMTolerance.roundedDirection * unit(row, column)) * 180 / .pi
    }

    /// The direction from the first to the last position along a normal; nil where it is further from the normal than it may be.
    private static func lineAlong(_ normal: SIMD3<Double>, _ positions: [SIMD3<Double>], within limit: Double) -> SIMD3<Double>? {
        guard limit > 0, let first = positions.min(by: { $0.dot(normal) < $1.dot(normal) }),
            let last = positions.max(by: { $0.dot(normal) < $1.dot(normal) }), (last - first).dot(normal) > 0
        else { return nil }
        let line = (last - first).normalized
        return angle(line, normal) <= limit ? line : nil
    }

    /// Between two unit vectors, degrees.
    private static func angle(_ first: SIMD3<Double>, _ second: SIMD3<Double>) -> Double {
        atan2(first.cross(second).length, first.dot(second)) * 180 / .pi
    }
}
