/// Which axes a U-Net pools at each stage, and with which kernels it looks (nnU-Net's `get_pool_and_conv_props`).
package struct NetworkTopology: Sendable, Hashable {
    /// Each stage's stride along each axis; the first stage has none.
    package let strides: [[Int]]
    /// Each stage's kernel along each axis: 1 as long as the axis is much coarser than the finest, 3 from then on.
    package let kernelSizes: [[Int]]
    /// The patch, each axis rounded up to what can be pooled.
    package let patch: [Int]
    /// What the patch's axes are multiples of.
    package let divisors: [Int]

    /// Pools axes of similar spacing as long as they stay long enough.
    ///
    /// - Parameters:
    ///   - spacing: mm, along the network's axes.
    ///   - patch: the wanted size; a median of sizes may be a fraction.
    ///   - minimumEdge: the least size at the coarsest stage.
    package init(spacing: [Double], patch: [Double], minimumEdge: Double = 4) {
        var (current, size) = (spacing, patch)
        var (pools, kernel) = (spacing.map { _ in 0 }, spacing.map { _ in 1 })
        var (strides, kernels) = ([spacing.map { _ in 1 }], [[Int]]())
        while true {
            let long = size.indices.filter { size[$0] >= 2 * minimumEdge }
            guard let finest = long.map({ current[$0] }).min() else { break }
            let pooled = long.filter { current[$0] / finest < 2 }
            if pooled.count == 1, size[pooled[0]] < 3 * minimumEdge { break }
            let finestOfAll = current.min() ?? finest
            for axis in current.indices where current[axis] / finestOfAll < 2 { kernel[axis] = 3 }
            kernels.append(kernel)
            strides.append(current.indices.map { pooled.contains($0) ? 2 : 1 })
            for axis in pooled {
                pools[axis] += 1
                current[axis] *= 2
                size[axis] = (size[axis] / 2).rounded(.up)
            }
        }
        kernels.append(spacing.map { _ in 3 })
        self.strides = strides
        kernelSizes = kernels
        divisors = pools.map { 1 << $0 }
        self.patch = zip(patch, divisors).map { size, divisor in
            Int((size / Double(divisor)).rounded(.up)) * divisor
        }
    }
}
