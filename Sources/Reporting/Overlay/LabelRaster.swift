/// The labels of one slice as the screen shows it, row by row.
package struct LabelRaster {
    /// Columns.
    package let width: Int
    /// Rows.
    package let height: Int
    private var values: [UInt16]

    /// A slice without labels.
    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
        values = Array(repeating: 0, count: width * height)
    }

    /// The label at a column and a row.
    package subscript(column: Int, row: Int) -> UInt16 {
        get { values[row * width + column] }
        set { values[row * width + column] = newValue }
    }

    /// A closed outline: corner points in voxels, where voxel (c, r) covers c…c+1 and r…r+1; clockwise around the label, holes
    /// counterclockwise.
    package typealias Contour = [SIMD2<Double>]

    /// The outlines of every label of the slice, ascending by label.
    ///
    /// Marching squares at level one half on the label's mask: the outline passes through the middle between each pair of neighbouring
    /// voxels of which one has the label. Found by following the cracks between voxels; parts that touch at a corner stay apart.
    package func contours() -> [(label: UInt16, contours: [Contour])] {
        var found: [UInt16: [Contour]] = [:]
        var visited = [Bool](repeating: false, count: values.count)
        for row in 0..<height {
            for column in 0..<width {
                let label = self[column, row]
                guard label != 0, !visited[row * width + column], !holds(label, column, row - 1) else { continue }
                found[label, default: []].append(trace(label, fromTopOf: column, row, visited: &visited))
            }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func holds(_ label: UInt16, _ column: Int, _ row: Int) -> Bool {
        column >= 0 && row >= 0 && column < width && row < height && self[column, row] == label
    }

    /// Follows cracks with the label on the right-hand side, from the top side of a voxel back to it.
    private func trace(_ label: UInt16, fromTopOf startColumn: Int, _ startRow: Int, visited: inout [Bool]) -> Contour {
        let ahead = [SIMD2(1, 0), SIMD2(0, 1), SIMD2(-1, 0), SIMD2(0, -1)]  // along the top, right, bottom and left side
        let middle = [SIMD2(0.5, 0), SIMD2(1, 0.5), SIMD2(0.5, 1), SIMD2(0, 0.5)]
        var contour: Contour = []
        var voxel = SIMD2(startColumn, startRow)
        var side = 0
        repeat {
            if side == 0 { visited[voxel.y * width + voxel.x] = true }
            contour.append(SIMD2(Double(voxel.x), Double(voxel.y)) + middle[side])
            let next = voxel &+ ahead[side]
            let diagonal = next &+ ahead[(side + 3) % 4]
            if !holds(label, next.x, next.y) {
                side = (side + 1) % 4
            } else if holds(label, diagonal.x, diagonal.y) {
                voxel = diagonal
                side = (side + 3) % 4
            } else {
                voxel = next
            }
        } while side != 0 || voxel != SIMD2(startColumn, startRow)
        return contour
    }

    /// Cuts the corners of a closed outline (Chaikin 1974), each time; the line moves by at most an eighth of a voxel's diagonal.
    package static func smoothed(_ contour: Contour, times: Int) -> Contour {
        var contour = contour
        for _ in 0..<times {
            contour = contour.indices.flatMap { index in
                let next = contour[(index + 1) % contour.count]
                return [contour[index] * 0.75 + next * 0.25, contour[index] * 0.25 + next * 0.75]
            }
        }
        return contour
    }
}
