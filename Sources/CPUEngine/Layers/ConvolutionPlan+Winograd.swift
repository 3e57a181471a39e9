import CKernels

extension ConvolutionPlan {
    /// Transforms and packs the weights of one output panel: U = G W, with G the Kronecker product of the axes' transforms
    /// (frequencies x taps) and W the panel's weights (taps x channel pairs), in double.
    ///
    /// - panel: counted through the phases of an upsampled layer.
    func packWinograd(
        _ description: UnsafePointer<ck_convolution>, _ weights: UnsafeBufferPointer<Float>, panel: Int32,
        into packed: UnsafeMutablePointer<Float>
    ) {
        let taps = convolution.kernel.reduce(1, *), panels = ck_panels(kernels.table, description)
        let phase = panel / panels, panel = panel % panels
        let weights = weights.baseAddress.map { $0 + Int(phase) * convolution.weightCount / (convolution.upsampling?.phases ?? 1) }
        let transform = [Double](unsafeUninitializedCapacity: 216 * 27) { matrix, count in
            count = taps * Int(ck_winograd_transform(description, matrix.baseAddress))
        }
        let frequencies = transform.count / taps
        let rows = Int(ck_winograd_rows(kernels.table, description)), lanes = Int(ck_panel_lanes(kernels.table, description, panel))
        let step = 16  // rows at once: gathered and transformed weights stay in the second-level cache
        var gathered = [Double](repeating: 0, count: taps * step * lanes)
        var transformed = [Double](repeating: 0, count: frequencies * step * lanes)
        for first in stride(from: 0, to: rows, by: step) {
            let part = min(step, rows - first)
            ck_gather_winograd(kernels.table, description, weights, panel, Int32(first), Int32(part), &gathered)
            DenseAlgebra.multiply(transform, gathered, rows: frequencies, inner: taps, columns: part * lanes, into: &transformed)
            if convolution.upsampling == nil {
                ck_scatter_winograd(
                    kernels.table, description, transformed, panel, Int32(first), Int32(part), Int32(frequencies), packed)
            } else {
                ck_scatter_upsampled(kernels.table, description, transformed, phase, panel, Int32(first), Int32(part), packed)
            }
        }
    }
}
