/// Which labels reach the two ends of a scan, its first and its last slice: what goes on beyond them is in no volume.
package struct ScanEnds: Sendable, Equatable {
    /// One end.
    package struct End: Sendable, Equatable {
        /// The direction of the patient in which it lies.
        package let direction: AnatomicalDirection
        /// The values on its slice, without the background 0.
        package let values: Set<Int>

        /// Joins a direction and the values on the slice there.
        package init(direction: AnatomicalDirection, values: Set<Int>) {
            self.direction = direction
            self.values = values
        }
    }

    /// The two ends; none for a scan of fewer than three slices, of which every label reaches one.
    package let ends: [End]

    /// Side lengths that differ by less than this part count as equal.
    private static let tolerance = 0.01

    /// Looks at the two outer slices across the through-plane axis: that of the largest spacing. Where several are largest it is the one
    /// along the body, else the one from front to back, however the file stores its axes.
    package init(_ map: borrowing LabelMap) {
        let geometry = map.geometry
        let directions = geometry.orientation.directions
        let largest = geometry.spacing.max()
        let candidates = (0..<3).filter { geometry.spacing[$0] >= largest * (1 - Self.tolerance) }
        let axis = candidates.max { directions[$0].patientAxis < directions[$1].patientAxis } ?? 2
        guard geometry.dimension == 3, geometry.size[axis] >= 3 else {
            ends = []
            return
        }
        let towards = directions[axis]
        ends = [
            End(direction: towards.opposite, values: Self.values(on: 0, across: axis, of: map)),
            End(direction: towards, values: Self.values(on: geometry.size[axis] - 1, across: axis, of: map)),
        ]
    }

    /// The ends that any of the values reaches.
    package func reached(by values: some Sequence<Int>) -> [AnatomicalDirection] {
        ends.filter { end in values.contains { end.values.contains($0) } }.map(\.direction)
    }

    private static func values(on slice: Int, across axis: Int, of map: borrowing LabelMap) -> Set<Int> {
        let (size, voxels) = (map.geometry.size, map.voxels.span)
        let strides = [1, size.x, size.x * size.y]
        let plane = [0, 1, 2].filter { $0 != axis }
        var found = [Bool](repeating: false, count: Int(UInt16.max) + 1)
        for row in 0..<size[plane[1]] {
            let start = slice * strides[axis] + row * strides[plane[1]]
            for column in 0..<size[plane[0]] { found[Int(voxels[unchecked: start + column * strides[plane[0]]])] = true }
        }
        return Set(found.indices.filter { $0 > 0 && found[$0] })
    }
}
