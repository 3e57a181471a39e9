import CKernels

extension ConvolutionAlgorithm {
    /// Rows at once: gathered and transformed weights stay in the second-level cache.
    private static let packedRows = 16

    /// Transforms and packs the weights of one output panel: U = G W, with G the Kronecker product of the axes' transforms
    /// (frequencies x taps) and W the panel's weights (taps x channel pairs), in double.
    static func packTransformed(_ p: PanelPacking, isUpsampled: Bool = false) {
        let (table, c) = (p.table, p.description)
        let kernel = c.pointee.kernel, taps = Int(kernel.0 * kernel.1 * kernel.2)
        let transform = [Double](unsafeUninitializedCapacity: 216 * 27) { matrix, count in
            count = taps * Int(ck_winograd_transform(c, matrix.baseAddress))
        }
        let frequencies = transform.count / taps
        let rows = Int(ck_winograd_rows(table, c)), lanes = Int(ck_panel_lanes(table, c, p.panel))
        var gathered = [Double](repeating: 0, count: taps * packedRows * lanes)
        var transformed = [Double](repeating: 0, count: frequencies * packedRows * lanes)
        for first in stride(from: 0, to: rows, by: packedRows) {
            let count = min(packedRows, rows - first)
            let part = ck_panel_rows(phase: p.phase, panel: p.panel, first_row: Int32(first), rows: Int32(count))
            ck_gather_winograd(table, c, part, p.weights, &gathered)
            DenseAlgebra.multiply(transform, gathered, rows: frequencies, inner: taps, columns: count * lanes, into: &transformed)
            if isUpsampled {
                ck_scatter_upsampled(table, c, part, transformed, p.packed)
            } else {
                ck_scatter_winograd(table, c, part, transformed, p.packed)
            }
        }
    }
}
