/// One of the three planes in which images are read.
package enum AnatomicalPlane: String, Sendable, CaseIterable, Codable {
    /// Across the body's long axis.
    case axial
    /// Parallel to the front of the body.
    case coronal
    /// Parallel to the side of the body.
    case sagittal

    /// Where columns lead on the screen, from left to right: the patient's right is on the left of the picture; sagittally, the front is.
    package var columnsTowards: AnatomicalDirection { self == .sagittal ? .posterior : .left }

    /// Where rows lead on the screen, from top to bottom.
    package var rowsTowards: AnatomicalDirection { self == .axial ? .posterior : .inferior }

    /// Where successive slices lead: axially from head to feet, coronally from front to back, sagittally from right to left.
    package var slicesTowards: AnatomicalDirection {
        switch self {
        case .axial: .inferior
        case .coronal: .posterior
        case .sagittal: .left
        }
    }
}

/// The index axes of a grid, and their senses, that lay one plane out in the radiological convention.
package struct AnatomicalPlaneView: Sendable, Hashable {
    /// An index axis as the screen runs along it.
    package struct Axis: Sendable, Hashable {
        /// 0 x, 1 y, 2 z.
        package let index: Int
        /// Whether the screen runs against the index.
        package let isReversed: Bool
        /// Where the screen leads to.
        package let towards: AnatomicalDirection

        /// The index axis that leads towards a direction.
        init(towards direction: AnatomicalDirection, in orientation: AnatomicalOrientation) {
            index = orientation.indexAxis(ofPatientAxis: direction.patientAxis)
            isReversed = orientation.directions[index] != direction
            towards = direction
        }

        /// The index along this axis of a position counted in screen order, of `count` positions; its own inverse.
        package func flipped(_ position: Int, count: Int) -> Int { isReversed ? count - 1 - position : position }
    }

    /// The plane.
    package let plane: AnatomicalPlane
    /// From left to right on the screen.
    package let columns: Axis
    /// From top to bottom on the screen.
    package let rows: Axis
    /// From slice to slice.
    package let slices: Axis
}
