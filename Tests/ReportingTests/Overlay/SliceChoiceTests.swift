import Imaging
import Reporting
import Testing

@Suite struct SliceChoiceTests {
    /// A map of 10 × 10 × `slices` voxels with `areas[label][slice]` voxels of each label.
    private static func survey(_ areas: [[Int]]) -> LabelSurvey {
        let count = areas[0].count
        var map = LabelMap(geometry: ImageGeometry(size: SIMD3(10, 10, count)), repeating: 0)
        for z in 0..<count {
            var position = 0
            for (label, slices) in areas.enumerated() {
                for _ in 0..<slices[z] {
                    map[position % 10, position / 10, z] = UInt16(label + 1)
                    position += 1
                }
            }
        }
        return LabelSurvey(map)
    }

    private static func choice(_ areas: [[Int]]) -> SliceChoice {
        SliceChoice(survey(areas), axis: 2, sliceCount: areas[0].count)
    }

    @Test func `slices are spread over those that hold a label`() {
        var areas = [Int](repeating: 0, count: 100)
        for slice in 20..<60 { areas[slice] = 9 }
        let slices = Self.choice([areas]).spread(4)
        #expect(slices.count == 4)
        for (slice, part) in zip(slices, [20..<30, 30..<40, 40..<50, 50..<60]) {
            #expect(abs(slice - (part.lowerBound + 5)) <= 1)
        }
    }

    @Test func `a gap without labels takes no tile`() {
        var areas = [Int](repeating: 0, count: 100)
        for slice in [3, 4, 5, 90, 91, 92] { areas[slice] = 5 }
        #expect(Self.choice([areas]).spread(6) == [3, 4, 5, 90, 91, 92])
        #expect(Self.choice([areas]).spread(12) == [3, 4, 5, 90, 91, 92], "there are no more slices")
    }

    @Test func `a label that lies on one slice only is shown`() {
        let large = [Int](repeating: 40, count: 80)
        var small = [Int](repeating: 0, count: 80)
        small[71] = 1
        #expect(Self.choice([large, small]).spread(4).contains(71))
    }

    @Test func `without labels slices are spread over the stack`() {
        let choice = SliceChoice(Self.survey([[0, 0, 0, 0, 0, 0, 0, 0]]), axis: 2, sliceCount: 8)
        #expect(choice.occupied.isEmpty)
        #expect(choice.spread(4) == [0, 2, 4, 6])
        #expect(choice.mostTelling == 3)
    }

    @Test func `the most telling slice shows several labels rather than the whole of one`() {
        let first = [0, 10, 20, 60, 20, 10, 0, 0, 0, 0]
        let second = [0, 0, 0, 0, 8, 16, 20, 16, 8, 0]
        #expect((4...5).contains(Self.choice([first, second]).mostTelling))
        #expect(Self.choice([first]).mostTelling == 3)
    }
}
