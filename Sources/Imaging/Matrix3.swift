/// A 3×3 matrix of doubles; the columns of a direction matrix are the index axes in patient LPS.
package struct Matrix3: Sendable, Equatable, Codable {
    /// The three rows.
    package var rows: [SIMD3<Double>]

    /// Makes a matrix from its rows.
    package init(rows first: SIMD3<Double>, _ second: SIMD3<Double>, _ third: SIMD3<Double>) {
        rows = [first, second, third]
    }

    /// Makes a matrix from its columns.
    package init(columns first: SIMD3<Double>, _ second: SIMD3<Double>, _ third: SIMD3<Double>) {
        rows = (0..<3).map { SIMD3(first[$0], second[$0], third[$0]) }
    }

    /// The unit matrix.
    package static let identity = Matrix3(rows: SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1))

    /// The element at a row and a column, both from 0.
    package subscript(row: Int, column: Int) -> Double {
        get { rows[row][column] }
        set { rows[row][column] = newValue }
    }

    /// One column, from 0.
    package func column(_ index: Int) -> SIMD3<Double> {
        SIMD3(rows[0][index], rows[1][index], rows[2][index])
    }

    /// The nine elements, row by row, as ITK lists a direction.
    package var elements: [Double] {
        rows.flatMap { [$0.x, $0.y, $0.z] }
    }

    /// The transposed matrix.
    package var transposed: Matrix3 {
        Matrix3(rows: column(0), column(1), column(2))
    }

    /// The determinant; +1 or −1 for a direction matrix.
    package var determinant: Double {
        let (a, b, c) = (rows[0], rows[1], rows[2])
        return a.x * (b.y * c.z - b.z * c.y) - a.y * (b.x * c.z - b.z * c.x) + a.z * (b.x * c.y - b.y * c.x)
    }

    /// The inverse by cofactors; nil when the determinant is zero or not finite.
    package var inverse: Matrix3? {
        let d = determinant
        guard d != 0, d.isFinite else { return nil }
        let (a, b, c) = (rows[0], rows[1], rows[2])
        return Matrix3(
            rows: SIMD3(b.y * c.z - b.z * c.y, a.z * c.y - a.y * c.z, a.y * b.z - a.z * b.y) / d,
            SIMD3(b.z * c.x - b.x * c.z, a.x * c.z - a.z * c.x, a.z * b.x - a.x * b.z) / d,
            SIMD3(b.x * c.y - b.y * c.x, a.y * c.x - a.x * c.y, a.x * b.y - a.y * b.x) / d)
    }

    /// The matrix times a column vector.
    package static func * (matrix: Matrix3, vector: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3((matrix.rows[0] * vector).sum(), (matrix.rows[1] * vector).sum(), (matrix.rows[2] * vector).sum())
    }

    /// The matrix product.
    package static func * (left: Matrix3, right: Matrix3) -> Matrix3 {
        Matrix3(columns: left * right.column(0), left * right.column(1), left * right.column(2))
    }
}
