import Foundation
import Imaging
import Reporting
import Testing

/// The picture shows every grid in the radiological convention.
@Suite struct OrientationTests {
    struct Grid: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let direction: Matrix3
    }

    static let grids: [Grid] = {
        let angle = 20 * Double.pi / 180
        return [
            Grid(testDescription: "LPS", direction: .identity),
            Grid(testDescription: "RAS", direction: Matrix3(rows: SIMD3(-1, 0, 0), SIMD3(0, -1, 0), SIMD3(0, 0, 1))),
            Grid(testDescription: "LPI", direction: Matrix3(rows: SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, -1))),
            Grid(
                testDescription: "PIL, a sagittal scan",
                direction: Matrix3(columns: SIMD3(0, 1, 0), SIMD3(0, 0, -1), SIMD3(1, 0, 0))),
            Grid(
                testDescription: "LIA, a coronal scan",
                direction: Matrix3(columns: SIMD3(1, 0, 0), SIMD3(0, 0, -1), SIMD3(0, -1, 0))),
            Grid(
                testDescription: "oblique by 20 degrees",
                direction: Matrix3(
                    rows: SIMD3(cos(angle), 0, sin(angle)), SIMD3(0, 1, 0), SIMD3(-sin(angle), 0, cos(angle)))),
        ]
    }()

    /// A bright labelled cube in the corner of the volume that lies farthest to the patient's left, front and head.
    static func scene(_ direction: Matrix3) -> Scene {
        let geometry = ImageGeometry(size: SIMD3(40, 40, 40), origin: SIMD3(-7, 8, 9), direction: direction)
        let orientation = geometry.orientation
        var scene = Scene(geometry, background: 20)
        scene.paint(100, label: 5) { index in
            (0..<3).allSatisfy { axis in
                let isHigh = [AnatomicalDirection.left, .anterior, .superior].contains(orientation.directions[axis])
                return isHigh ? (28..<36).contains(index[axis]) : (4..<12).contains(index[axis])
            }
        }
        return scene
    }

    @Test(arguments: grids) func `a mark at the patient's left, front and head lands where a radiologist expects it`(grid: Grid) throws {
        let scene = Self.scene(grid.direction)
        let picture = try scene.png().pixels()
        let panels = scene.plan().panels
        #expect(Set(panels.map(\.plane)) == [.axial, .coronal, .sagittal])
        let color = LabelPalette.color(of: 5)
        for panel in panels {
            let center = try #require(picture.center(in: panel.rectangle) { $0.isNear(color, tolerance: 40) })
            switch panel.plane {
            case .axial:
                #expect(center.x > 0.6, "the patient's left is on the right")
                #expect(center.y < 0.4, "the front is on top")
            case .coronal:
                #expect(center.x > 0.6, "the patient's left is on the right")
                #expect(center.y < 0.4, "the head is on top")
            case .sagittal:
                #expect(center.x < 0.4, "the front is on the left")
                #expect(center.y < 0.4, "the head is on top")
            }
        }
    }

    @Test func `axial tiles run from head to feet`() {
        var scene = Scene(ImageGeometry(size: SIMD3(40, 40, 40)))
        scene.paint(100, label: 1) { $0.z >= 4 && $0.z < 36 && $0.x > 10 && $0.x < 30 && $0.y > 10 && $0.y < 30 }
        let tiles = scene.plan().panels.filter { $0.plane == .axial }
        let sorted = tiles.sorted { ($0.rectangle.y, $0.rectangle.x) < ($1.rectangle.y, $1.rectangle.x) }
        #expect(sorted.map(\.slice) == tiles.map(\.slice).sorted())
        #expect(tiles.count >= 6)
        // slice 0 of the axial view is the one nearest to the head: index z = 39
        #expect((3...12).contains(sorted[0].slice))
    }

    @Test func `a thick sagittal scan is shown in its own plane first`() {
        let geometry = ImageGeometry(
            size: SIMD3(100, 100, 20), spacing: SIMD3(1, 1, 5), direction: Matrix3(columns: SIMD3(0, 1, 0), SIMD3(0, 0, -1), SIMD3(1, 0, 0))
        )
        var scene = Scene(geometry)
        scene.paint(100, label: 1) { (30..<70).contains($0.x) && (30..<70).contains($0.y) && (2..<18).contains($0.z) }
        let planes = scene.plan().panels.map(\.plane)
        #expect(planes.filter { $0 == .sagittal }.count >= 4)
        #expect(planes.filter { $0 == .axial }.count == 1)
        #expect(planes.filter { $0 == .coronal }.count == 1)
    }
}
