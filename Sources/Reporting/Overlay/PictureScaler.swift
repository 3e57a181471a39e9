/// Scales a slice to screen pixels: Catmull–Rom where it grows, the same kernel stretched where it shrinks, so that nothing aliases.
package struct PictureScaler {
    /// How one screen axis is made from one voxel axis.
    private struct Axis {
        /// The voxels, clamped at the ends, and their weights for every pixel: `taps` of each.
        let taps: Int
        var indices: [Int] = []
        var weights: [Float] = []

        /// `pixels` pixels, of which the one at `offset` is where voxel 0 begins, `scale` px per voxel. Pixels beyond the voxels are black.
        init(pixels: Int, voxels: Int, offset: Double, scale: Double) {
            let stretch = max(1, 1 / scale)
            taps = 2 * Int((2 * stretch).rounded(.up)) + 1
            for pixel in 0..<pixels {
                let position = (Double(pixel) + 0.5 - offset) / scale - 0.5
                let first = Int(position.rounded()) - taps / 2
                let inside = position >= -0.5 && position <= Double(voxels) - 0.5
                let raw = (0..<taps).map { inside ? Self.kernel((Double(first + $0) - position) / stretch) : 0 }
                let sum = raw.reduce(0, +)
                for tap in 0..<taps {
                    indices.append(min(max(first + tap, 0), voxels - 1))
                    weights.append(sum == 0 ? 0 : Float(raw[tap] / sum))
                }
            }
        }

        private static func kernel(_ distance: Double) -> Double {
            let t = abs(distance)
            if t < 1 { return (1.5 * t - 2.5) * t * t + 1 }
            if t < 2 { return ((-0.5 * t + 2.5) * t - 4) * t + 2 }
            return 0
        }
    }

    private let columns: Axis
    private let rows: Axis
    private let width: Int
    private let height: Int

    /// From (columns, rows) voxels to a panel of width × height px, the picture starting at `offset` with `scale` px per voxel, both (x, y).
    package init(voxels: SIMD2<Int>, width: Int, height: Int, offset: SIMD2<Double>, scale: SIMD2<Double>) {
        self.width = width
        self.height = height
        columns = Axis(pixels: width, voxels: voxels.x, offset: offset.x, scale: scale.x)
        rows = Axis(pixels: height, voxels: voxels.y, offset: offset.y, scale: scale.y)
    }

    /// Grey values 0 to 255, row by row, of intensities 0 to 1 in `sourceWidth` columns.
    package func pixels(of source: [Float], sourceWidth: Int) -> [UInt8] {
        let sourceHeight = source.count / max(1, sourceWidth)
        var narrow = [Float](repeating: 0, count: width * sourceHeight)
        for row in 0..<sourceHeight {
            for column in 0..<width {
                var sum: Float = 0
                for tap in column * columns.taps..<(column + 1) * columns.taps {
                    sum += columns.weights[tap] * source[row * sourceWidth + columns.indices[tap]]
                }
                narrow[row * width + column] = sum
            }
        }
        var line = [Float](repeating: 0, count: width)
        return [UInt8](unsafeUninitializedCapacity: width * height) { buffer, count in
            for row in 0..<height {
                for column in 0..<width { line[column] = 0 }
                for tap in row * rows.taps..<(row + 1) * rows.taps where rows.weights[tap] != 0 {
                    let weight = rows.weights[tap]
                    let start = rows.indices[tap] * width
                    for column in 0..<width { line[column] += weight * narrow[start + column] }
                }
                for column in 0..<width {
                    buffer[count] = UInt8(min(255, max(0, line[column] * 255 + 0.5)))
                    count += 1
                }
            }
        }
    }
}
