import Foundation
import Imaging
import Testing

@Suite struct AnatomicalOrientationTests {
    /// Every way in which index axes can lie along patient axes.
    static let allLetters: [String] = {
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        return orders.flatMap { order in
            (0..<8).map { signs in
                (0..<3).map { AnatomicalDirection(patientAxis: order[$0], isPositive: signs >> $0 & 1 == 0).rawValue }.joined()
            }
        }
    }()

    /// The direction matrix of letters.
    static func direction(_ letters: String) throws -> Matrix3 {
        let orientation = try #require(AnatomicalOrientation(letters: letters))
        let columns = orientation.directions.map { direction in
            var column = SIMD3<Double>.zero
            column[direction.patientAxis] = direction.isPositive ? 1 : -1
            return column
        }
        return Matrix3(columns: columns[0], columns[1], columns[2])
    }

    @Test func `letters name where the index grows to`() {
        #expect(AnatomicalOrientation(direction: .identity).letters == "LPS")
        #expect(AnatomicalOrientation(direction: Matrix3(rows: SIMD3(-1, 0, 0), SIMD3(0, -1, 0), SIMD3(0, 0, 1))).letters == "RAS")
        // a sagittal scan: x to the back, y to the feet, z to the left
        let sagittal = Matrix3(columns: SIMD3(0, 1, 0), SIMD3(0, 0, -1), SIMD3(1, 0, 0))
        #expect(AnatomicalOrientation(direction: sagittal).description == "PIL")
    }

    @Test(arguments: allLetters) func `each of the 48 orientations is told from its matrix`(letters: String) throws {
        #expect(AnatomicalOrientation(direction: try Self.direction(letters)).letters == letters)
    }

    @Test(arguments: ["", "LP", "LPSS", "LRS", "LPX", "lps", "LLP"]) func `what is no orientation is refused`(letters: String) {
        #expect(AnatomicalOrientation(letters: letters) == nil)
    }

    @Test func `an oblique grid has the orientation of its closest axes`() {
        let angle = 40 * Double.pi / 180
        let tilted = Matrix3(rows: SIMD3(1, 0, 0), SIMD3(0, cos(angle), -sin(angle)), SIMD3(0, sin(angle), cos(angle)))
        #expect(AnatomicalOrientation(direction: tilted).letters == "LPS")
        let geometry = ImageGeometry(size: SIMD3(1, 1, 1), direction: tilted)
        #expect(abs(geometry.obliquity - 40) < 1e-9)
        #expect(geometry.orientation.letters == "LPS")
    }

    @Test func `beyond 45 degrees the axes are named the other way`() {
        let angle = 50 * Double.pi / 180
        let tilted = Matrix3(rows: SIMD3(1, 0, 0), SIMD3(0, cos(angle), -sin(angle)), SIMD3(0, sin(angle), cos(angle)))
        #expect(AnatomicalOrientation(direction: tilted).letters == "LSA")
    }

    @Test func `three different patient axes are named even when two index axes lean to the same`() {
        let leaning = Matrix3(columns: SIMD3(0.9, 0.43, 0), SIMD3(0.75, 0.66, 0), SIMD3(0, 0, 1))
        #expect(AnatomicalOrientation(direction: leaning).letters == "LPS")
    }

    @Test func `an orthogonal grid is not oblique`() throws {
        #expect(ImageGeometry(size: SIMD3(1, 1, 1), direction: try Self.direction("SRA")).obliquity == 0)
    }

    @Test func `opposite directions are the two ends of an axis`() {
        for direction in AnatomicalDirection.allCases {
            #expect(direction.opposite.opposite == direction)
            #expect(direction.opposite.patientAxis == direction.patientAxis)
            #expect(direction.opposite.isPositive != direction.isPositive)
        }
    }

    @Test(arguments: allLetters) func `every plane is laid out in the radiological convention`(letters: String) throws {
        let geometry = ImageGeometry(size: SIMD3(3, 4, 5), direction: try Self.direction(letters))
        for plane in AnatomicalPlane.allCases {
            let view = geometry.orientation.view(of: plane)
            #expect(Set([view.columns.index, view.rows.index, view.slices.index]).count == 3)
            for (axis, towards) in [
                (view.columns, plane.columnsTowards), (view.rows, plane.rowsTowards), (view.slices, plane.slicesTowards),
            ] {
                let count = geometry.size[axis.index]
                var first = SIMD3<Double>.zero
                first[axis.index] = Double(axis.flipped(0, count: count))
                var second = SIMD3<Double>.zero
                second[axis.index] = Double(axis.flipped(1, count: count))
                let step = geometry.physicalPoint(of: second) - geometry.physicalPoint(of: first)
                #expect(step[towards.patientAxis] == (towards.isPositive ? 1 : -1), "\(letters) \(plane)")
            }
        }
    }

    @Test func `a radiologist sees the patient from the feet, from the front and from the left`() {
        #expect(AnatomicalPlane.axial.columnsTowards == .left)
        #expect(AnatomicalPlane.axial.rowsTowards == .posterior)
        #expect(AnatomicalPlane.coronal.columnsTowards == .left)
        #expect(AnatomicalPlane.coronal.rowsTowards == .inferior)
        #expect(AnatomicalPlane.sagittal.columnsTowards == .posterior)
        #expect(AnatomicalPlane.sagittal.rowsTowards == .inferior)
    }

    @Test func `slices across an index axis show the plane of the patient axis it runs along`() throws {
        let sagittal = try #require(AnatomicalOrientation(letters: "PIL"))
        #expect(sagittal.plane(acrossIndexAxis: 0) == .coronal)
        #expect(sagittal.plane(acrossIndexAxis: 1) == .axial)
        #expect(sagittal.plane(acrossIndexAxis: 2) == .sagittal)
    }
}
