import COpenBLAS

/// Products of dense matrices by OpenBLAS, on the calling thread: the team's threads are the only ones.
package enum DenseAlgebra {
    /// OpenBLAS starts threads of its own unless it is told not to; they would fight the team's.
    private static let isSingleThreaded: Bool = {
        openblas_set_num_threads(1)
        return openblas_get_num_threads() == 1
    }()

    /// C = A B, row by row.
    ///
    /// - a: `rows` x `inner`; b: `inner` x `columns`; c: `rows` x `columns`, at least that many elements each.
    package static func multiply(_ a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int, into c: inout [Double]) {
        precondition(a.count >= rows * inner && b.count >= inner * columns && c.count >= rows * columns && isSingleThreaded)
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(inner), 1, a, blasint(inner), b,
            blasint(columns), 0, &c, blasint(columns))
    }
}
