import Glibc

/// The patient directions that lie closest to the index axes of a grid.
///
/// The letters name where an index grows to, as in nibabel's `aff2axcodes`: a grid with the identity as its LPS direction is "LPS".
package struct AnatomicalOrientation: Sendable, Hashable, CustomStringConvertible {
    /// Where the index grows to, for the index axes (x, y, z); the three lie on different patient axes.
    package let directions: [AnatomicalDirection]

    /// Three directions on different patient axes, for the index axes (x, y, z).
    package init(directions: [AnatomicalDirection]) {
        precondition(directions.count == 3 && Set(directions.map(\.patientAxis)).count == 3)
        self.directions = directions
    }

    /// The closest orientation of a direction matrix (columns: index axes in patient LPS), oblique ones included.
    ///
    /// Of the six assignments of index axes to patient axes, the one with the largest sum of absolute cosines; on a tie the one
    /// that gives index axis x the lowest patient axis, so that every matrix has exactly one answer.
    package init(direction: Matrix3) {
        let assignments = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        var best = assignments[0]
        var largest = -Double.infinity
        for assignment in assignments {
            let sum = (0..<3).reduce(0.0) { $0 + abs(direction[assignment[$1], $1]) }
            if sum > largest + 1e-9 {
                best = assignment
                largest = sum
            }
        }
        directions = (0..<3).map { AnatomicalDirection(patientAxis: best[$0], isPositive: direction[best[$0], $0] >= 0) }
    }

    /// Reads letters such as "LPS" or "RAS"; nil unless they are three directions on three different patient axes.
    package init?(letters: String) {
        let directions = letters.compactMap { AnatomicalDirection(rawValue: String($0)) }
        guard letters.count == 3, directions.count == 3, Set(directions.map(\.patientAxis)).count == 3 else { return nil }
        self.directions = directions
    }

    /// The three letters in the order of the index axes (x, y, z).
    package var letters: String { directions.map(\.rawValue).joined() }

    /// The same as `letters`.
    package var description: String { letters }

    /// The index axis (0 x, 1 y, 2 z) that runs along an LPS axis (0, 1 or 2).
    package func indexAxis(ofPatientAxis patientAxis: Int) -> Int {
        directions.firstIndex { $0.patientAxis == patientAxis } ?? patientAxis
    }

    /// How a plane of this grid is laid out for a viewer.
    package func view(of plane: AnatomicalPlane) -> AnatomicalPlaneView {
        let columns = AnatomicalPlaneView.Axis(towards: plane.columnsTowards, in: self)
        let rows = AnatomicalPlaneView.Axis(towards: plane.rowsTowards, in: self)
        return AnatomicalPlaneView(
            plane: plane, columns: columns, rows: rows, slices: .init(towards: plane.slicesTowards, in: self))
    }

    /// The plane that the slices of index axis 0, 1 or 2 show.
    package func plane(acrossIndexAxis axis: Int) -> AnatomicalPlane {
        switch directions[axis].patientAxis {
        case 0: .sagittal
        case 1: .coronal
        default: .axial
        }
    }
}

extension ImageGeometry {
    /// The patient directions closest to the index axes.
    package var orientation: AnatomicalOrientation { AnatomicalOrientation(direction: direction) }

    /// The largest angle, degrees, between an index axis and the patient axis it is closest to; 0 for an orthogonal scan.
    package var obliquity: Double {
        let orientation = orientation
        let cosines = (0..<3).map { axis in
            let column = direction.column(axis)
            let length = (column * column).sum().squareRoot()
            return min(1, abs(column[orientation.directions[axis].patientAxis]) / length)
        }
        return (cosines.map { acos($0) }.max() ?? 0) * 180 / Double.pi
    }
}
