import Imaging
import Reporting
import Testing

@Suite struct LabelSurveyTests {
    @Test func `voxels are counted by value and by slice along each axis`() {
        var map = LabelMap(geometry: ImageGeometry(size: SIMD3(4, 3, 2)), repeating: 0)
        map[0, 0, 0] = 7
        map[1, 0, 0] = 7
        map[2, 0, 0] = 65535
        map[3, 2, 1] = 7
        let survey = LabelSurvey(map)
        #expect(survey.labels.map(\.value) == [7, 65535])
        #expect(survey.labels.map(\.voxelCount) == [3, 1])
        #expect(survey.labels[0].slices == [[1, 1, 0, 1], [2, 0, 1], [2, 1]])
        #expect(survey.labels[1].slices == [[0, 0, 1, 0], [1, 0, 0], [1, 0]])
    }

    @Test func `a full row is one run`() {
        let survey = LabelSurvey(LabelMap(geometry: ImageGeometry(size: SIMD3(5, 2, 3)), repeating: 2))
        #expect(survey.labels.map(\.voxelCount) == [30])
        #expect(survey.labels[0].slices == [[6, 6, 6, 6, 6], [15, 15], [10, 10, 10]])
    }

    @Test func `background alone is no label`() {
        #expect(LabelSurvey(LabelMap(geometry: ImageGeometry(size: SIMD3(5, 2, 3)), repeating: 0)).labels.isEmpty)
    }
}
