import COpenBLAS

/// Products of dense matrices by OpenBLAS, on the calling thread: the team's threads are the only ones.
package enum DenseAlgebra {
    /// OpenBLAS starts threads of its own unless it is told not to; they would fight the team's.
    private static let isSingleThreaded: Bool = {
        openblas_set_num_threads(1)
        return openblas_get_num_threads() == 1
    }()

    /// C = A B in single precision, row by row.
    ///
    /// - Parameters:
    ///   - a: not empty.
    ///   - b: as many rows as A has columns.
    ///   - c: the first value of C.
    ///   - stride: values from one row of C to the next.
    static func multiply(_ a: DenseMatrix, _ b: DenseMatrix, into c: UnsafeMutablePointer<Float>, stride: Int) {
        precondition(a.columns == b.rows && a.rows > 0 && stride >= b.columns && isSingleThreaded)
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(a.rows), blasint(b.columns), blasint(a.columns), 1, a.data,
            blasint(a.stride), b.data, blasint(b.stride), 0, c, blasint(stride))
    }

    /// C = A B, row by row.
    ///
    /// - Parameters:
    ///   - a: `rows` × `inner` values at least, C order.
    ///   - b: `inner` × `columns` values at least.
    ///   - rows: those of A and C.
    ///   - inner: the columns of A, the rows of B.
    ///   - columns: those of B and C.
    ///   - c: `rows` × `columns` values at least.
    package static func multiply(_ a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int, into c: inout [Double]) {
        precondition(a.count >= rows * inner && b.count >= inner * columns && c.count >= rows * columns && isSingleThreaded)
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(inner), 1, a, blasint(inner), b,
            blasint(columns), 0, &c, blasint(columns))
    }
}

/// A matrix in memory, row by row.
struct DenseMatrix {
    let data: UnsafePointer<Float>
    let rows: Int
    let columns: Int
    /// Values from one row to the next.
    let stride: Int
}
