import Reporting
import Testing

@Suite struct LabelRasterTests {
    /// A raster from rows of digits.
    private static func raster(_ rows: [String]) -> LabelRaster {
        var raster = LabelRaster(width: rows[0].count, height: rows.count)
        for (row, text) in rows.enumerated() {
            for (column, digit) in text.enumerated() { raster[column, row] = UInt16(digit.wholeNumberValue ?? 0) }
        }
        return raster
    }

    /// Positive when clockwise on the screen.
    private static func area(_ contour: LabelRaster.Contour) -> Double {
        contour.indices.reduce(0) { sum, index in
            let next = contour[(index + 1) % contour.count]
            return sum + (contour[index].x * next.y - next.x * contour[index].y) / 2
        }
    }

    @Test func `a voxel is a diamond through the middles of its sides`() {
        let contours = Self.raster(["000", "010", "000"]).contours()
        #expect(contours.map(\.label) == [1])
        #expect(contours[0].contours == [[SIMD2(1.5, 1), SIMD2(2, 1.5), SIMD2(1.5, 2), SIMD2(1, 1.5)]])
    }

    @Test func `a block is its square without the corners`() {
        let contours = Self.raster(["33", "33"]).contours()
        #expect(contours[0].contours.count == 1)
        #expect(Self.area(contours[0].contours[0]) == 3.5)
        #expect(contours[0].contours[0].count == 8)
    }

    @Test func `a hole turns the other way`() {
        let contours = Self.raster(["00000", "02220", "02020", "02220", "00000"]).contours()[0].contours
        // the ring's square less four corners; the hole is the diamond of its one voxel
        #expect(contours.map(Self.area).sorted() == [-0.5, 8.5])
    }

    @Test func `parts that touch at a corner stay apart`() {
        #expect(Self.raster(["10", "01"]).contours()[0].contours.count == 2)
        #expect(Self.raster(["01", "10"]).contours()[0].contours.count == 2)
    }

    @Test func `neighbouring labels share their border`() {
        let contours = Self.raster(["1122", "1122"]).contours()
        let first = contours[0].contours[0].filter { $0.x == 2 }
        let second = contours[1].contours[0].filter { $0.x == 2 }
        #expect(first.map(\.y).sorted() == [0.5, 1.5])
        #expect(second.map(\.y).sorted() == [0.5, 1.5])
    }

    @Test func `every outline encloses its voxels but for half of each corner's quarter`() {
        // 3 × 4 voxels: 12 less four corners of an eighth
        let contour = Self.raster(["00000", "01110", "01110", "01110", "01110", "00000"]).contours()[0].contours[0]
        #expect(Self.area(contour) == 11.5)
    }

    @Test func `smoothing rounds corners and keeps the size`() {
        let contour = Self.raster(["00000", "01110", "01110", "01110", "01110", "00000"]).contours()[0].contours[0]
        let smooth = LabelRaster.smoothed(contour, times: 2)
        #expect(smooth.count == 4 * contour.count)
        #expect(abs(Self.area(smooth) - 11.5) < 0.3)
        for point in smooth { #expect(point.x >= 1 && point.x <= 4 && point.y >= 1 && point.y <= 5) }
    }

    @Test func `labels are listed in ascending order with all their parts`() {
        let contours = Self.raster(["90030", "00000", "03009"]).contours()
        #expect(contours.map(\.label) == [3, 9])
        #expect(contours.map(\.contours.count) == [2, 2])
    }
}
