/// Where a patch lies in a case, and along which axes the network sees it mirrored; axes are (z, y, x).
package struct PatchPlacement: Sendable, Hashable {
    /// The patch's first voxel in the case's coordinates; negative where the patch begins before the case.
    package var start: [Int]
    package var flips: [Bool]

    package init(start: [Int], flips: [Bool] = [false, false, false]) {
        precondition(start.count == 3 && flips.count == 3)
        self.start = start
        self.flips = flips
    }
}

/// The weighted sums of the logits of patches that overlap in a case. Networks add to it in their last layer.
///
/// A patch's logit at a voxel counts times the voxel's weight in the patch; what a patch has outside the case is dropped.
package struct LogitAccumulator: ~Copyable {
    /// The patch's size, (z, y, x).
    package let patch: [Int]
    /// Of the patch's voxels, in C order.
    package let weights: FloatBuffer
    /// One for each head and voxel of the case.
    package let sums: LogitVolume

    /// Adds patches of `patch` (z, y, x) voxels, weighted by `weights`, to `sums`.
    package init(patch: [Int], weights: consuming FloatBuffer, sums: LogitVolume) {
        precondition(patch.count == 3 && weights.count == patch.reduce(1, *))
        self.patch = patch
        self.weights = weights
        self.sums = sums
    }
}
