import Glibc
package import Imaging
package import Tensors

/// Blurs a volume in place by a Gaussian with `sigma` voxels along (x, y, z), cut at four sigma, edges mirrored (d c b a | a b c d).
///
/// As `scipy.ndimage.gaussian_filter` does with its defaults.
package func blur(_ voxels: inout Buffer<Float>, geometry: ImageGeometry, sigma: SIMD3<Double>) {
    let strides = [1, geometry.size.x, geometry.size.x * geometry.size.y]
    for axis in 0..<3 {
        let radius = Int(4 * sigma[axis] + 0.5)
        var kernel = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (sigma[axis] * sigma[axis])) }
        let sum = kernel.reduce(0, +)
        kernel = kernel.map { $0 / sum }
        let others = [0, 1, 2].filter { $0 != axis }
        for outer in 0..<geometry.size[others[1]] {
            for inner in 0..<geometry.size[others[0]] {
                let start = outer * strides[others[1]] + inner * strides[others[0]]
                blurLine(&voxels, start: start, stride: strides[axis], count: geometry.size[axis], kernel: kernel)
            }
        }
    }
}

private func blurLine(_ voxels: inout Buffer<Float>, start: Int, stride: Int, count: Int, kernel: [Double]) {
    let radius = kernel.count / 2
    var span = voxels.mutableSpan
    let line = (-radius..<count + radius).map { position -> Double in
        let period = 2 * count
        let wrapped = ((position % period) + period) % period
        return Double(span[start + min(wrapped, period - 1 - wrapped) * stride])
    }
    for position in 0..<count {
        var value = 0.0
        for tap in 0..<kernel.count { value += kernel[tap] * line[position + tap] }
        span[start + position * stride] = Float(value)
    }
}
