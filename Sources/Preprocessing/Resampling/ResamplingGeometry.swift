package import Files

/// The shape an array gets at another spacing (nnU-Net's `compute_new_shape`): `(old/new)·n` in double, halves to even.
package func resampledShape(_ shape: [Int], from current: [Double], to new: [Double]) throws(Problem) -> [Int] {
    var target: [Int] = []
    for (size, (old, new)) in zip(shape, zip(current, new)) {
        let exact = ((old / new) * Double(size)).rounded(.toNearestOrEven)
        guard exact.isFinite, exact < 1e9 else { throw .tooLarge(what: "the resampled image", shape: shape) }
        target.append(Int(exact))
    }
    guard target.allSatisfy({ $0 > 0 }) else { throw .emptyTarget(shape: shape, target: target) }
    return target
}

/// The axis that nnU-Net resamples on its own because its spacing is coarse (`determine_do_sep_z_and_axis`); nil when there is none.
///
/// - `force`: the plans' `force_separate_z`; nil decides by the ratio of the spacings, strictly above `threshold`.
package func separateAxis(current: [Double], new: [Double], force: Bool?, threshold: Double) -> Int? {
    func coarsest(_ spacing: [Double]) -> Int? {
        let largest = spacing.max() ?? 0
        let axes = spacing.indices.filter { largest / spacing[$0] == 1 }
        return axes.count == 1 ? axes[0] : nil
    }
    func isAnisotropic(_ spacing: [Double]) -> Bool { (spacing.max() ?? 0) / (spacing.min() ?? 1) > threshold }
    if let force { return force ? coarsest(current) : nil }
    if isAnisotropic(current) { return coarsest(current) }
    return isAnisotropic(new) ? coarsest(new) : nil
}
