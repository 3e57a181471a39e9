package import Imaging

/// What one pass over a label map tells: which values it holds, how many voxels each has, and on which slices they lie.
package struct LabelSurvey: Sendable {
    /// One value that occurs.
    package struct Label: Sendable {
        /// The value, 1 or larger.
        package let value: Int
        /// Its voxels.
        package let voxelCount: Int
        /// Its voxels on every slice across index axis x, y and z.
        package let slices: [[Int]]
    }

    /// The values that occur, ascending, without the background 0.
    package let labels: [Label]

    /// Looks at every voxel once; linear in their number, and in the number of runs for those that are not 0.
    package init(_ map: borrowing LabelMap) {
        let size = map.geometry.size
        let voxels = map.voxels.span
        var slots = [Int](repeating: -1, count: Int(UInt16.max) + 1)
        var tallies: [Tally] = []
        for z in 0..<size.z {
            for y in 0..<size.y {
                let row = (z * size.y + y) * size.x
                var any: UInt16 = 0
                for x in row..<row + size.x { any |= voxels[unchecked: x] }
                if any == 0 { continue }
                var start = 0
                while start < size.x {
                    let value = voxels[unchecked: row + start]
                    var end = start + 1
                    while end < size.x, voxels[unchecked: row + end] == value { end += 1 }
                    if value != 0 {
                        if slots[Int(value)] < 0 {
                            slots[Int(value)] = tallies.count
                            tallies.append(Tally(value: Int(value), size: size))
                        }
                        tallies[slots[Int(value)]].add(start..<end, y: y, z: z)
                    }
                    start = end
                }
            }
        }
        labels = tallies.sorted { $0.value < $1.value }.map { $0.label }
    }

    /// Counts of one value while the pass runs; along x only where runs begin and end.
    private struct Tally {
        let value: Int
        var count = 0
        var xSteps: [Int]
        var y: [Int]
        var z: [Int]

        init(value: Int, size: SIMD3<Int>) {
            self.value = value
            xSteps = Array(repeating: 0, count: size.x + 1)
            y = Array(repeating: 0, count: size.y)
            z = Array(repeating: 0, count: size.z)
        }

        mutating func add(_ run: Range<Int>, y row: Int, z slice: Int) {
            count += run.count
            xSteps[run.lowerBound] += 1
            xSteps[run.upperBound] -= 1
            y[row] += run.count
            z[slice] += run.count
        }

        var label: Label {
            var running = 0
            let x = xSteps.dropLast().map { step -> Int in
                running += step
                return running
            }
            return Label(value: value, voxelCount: count, slices: [x, y, z])
        }
    }
}
