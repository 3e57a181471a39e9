import Evaluation
import Imaging
import Plans
import Segmentation
import Testing
import TestSupport

struct PostprocessingSearchTests {
    private typealias Value = DatasetDescription.LabelValue

    private func scheme(_ values: [Value], order: [Int]? = nil) throws -> LabelScheme {
        let labels = values.enumerated().map { DatasetDescription.Label(name: "l\($0.offset)", value: $0.element) }
        return try LabelScheme(
            labels: [.init(name: "background", value: .label(0))] + labels, regionsClassOrder: order, path: "dataset.json")
    }

    /// Searches on one row of voxels, and counts how often it was looked at.
    private func search(
        _ scheme: LabelScheme, _ prediction: [UInt16], _ reference: [UInt16]
    ) throws -> (adopted: [PostprocessingRecipe.LabelsOrRegions], looks: Int) {
        var looks = 0
        let result = try PostprocessingSearch(scheme)(score: { steps in
            looks += 1
            var map = labelMap([1, 1, prediction.count], prediction)
            Postprocessor(recipe: PostprocessingRecipe(steps: steps)).apply(&map, team: team)
            let pairs = try LabelPairs(map, labelMap([1, 1, reference.count], reference))
            let confusions = scheme.foreground.map { pairs.confusion(of: $0.values) }
            return EvaluationSummary(
                judged: scheme.foreground, cases: [.init(predictionFile: "p", referenceFile: "r", confusions: confusions)])
        })
        return (result.adopted, looks)
    }

    @Test func `stray parts of all labels go together, then those of one label that lie beside another`() throws {
        let found = try search(
            scheme([.label(1), .label(2)]), [1, 1, 2, 2, 1, 2, 2, 0, 2, 0, 1], [1, 1, 2, 2, 0, 2, 2, 0, 0, 0, 0])
        #expect(found.adopted == [.labels([1, 2]), .one(.label(1))])
    }

    @Test func `all labels together are left as they are where one of them gets worse, however much the mean gains`() throws {
        let found = try search(
            scheme([.label(1), .label(2)]), [1, 1, 1, 1, 2, 2, 0, 2, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1],
            [1, 1, 1, 1, 2, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(found.adopted == [.one(.label(1))])
    }

    @Test func `nothing is adopted where nothing changes, or a label is nowhere`() throws {
        #expect(try search(scheme([.label(1), .label(2)]), [1, 1, 0, 2], [1, 1, 0, 2]).adopted == [])
        #expect(try search(scheme([.label(1), .label(2)]), [1, 1, 0, 1], [1, 1, 0, 0]).adopted == [.one(.label(1))])
    }

    @Test func `a single label is tried once`() throws {
        let found = try search(scheme([.label(1)]), [1, 1, 0, 1], [1, 1, 0, 0])
        #expect(found.adopted == [.labels([1])])
        #expect(found.looks == 2)
    }

    @Test func `regions that share labels are tried one after the other, on what the earlier ones left`() throws {
        let regions = try scheme([.region([1, 2]), .region([2])], order: [1, 2])
        // Without the stray 2 of the whole there is but one part of the core.
        let whole = try search(regions, [2, 2, 1, 0, 2], [2, 2, 1, 0, 0])
        #expect(whole.adopted == [.labels([1, 2])])
        let core = try search(regions, [2, 2, 1, 1, 2, 0, 1], [2, 2, 1, 1, 0, 0, 1])
        #expect(core.adopted == [.one(.region([2]))])
        #expect(core.looks == 4)
    }

    @Test func `many labels take as many looks as two`() throws {
        let values = (1...30).map { Value.label($0) }
        let row: [UInt16] = [1] + (1...30).flatMap { [UInt16($0), UInt16($0), 0] }
        let stray = row + [5, 0, 9]
        let found = try search(scheme(values), stray, row + [0, 0, 0])
        #expect(found.adopted == [.one(.label(5)), .one(.label(9))])
        #expect(found.looks == 3)
    }
}
