import Files
import Preprocessing
import Segmentation
import Tensors
import Testing
import TestSupport

struct EnsembleTests {
    /// Three models of one image of the reader's shape (6, 7, 8): other grids, other axis orders, other boxes.
    private func members() throws -> [Logits] {
        var first = MadeUpLogits(network: [3, 4, 5], cropped: [5, 6, 7])
        first.margin = (below: [1, 0, 1], above: [0, 1, 0])
        var second = MadeUpLogits(network: [8, 6, 7], forward: [2, 0, 1], backward: [1, 2, 0], seed: 2)
        second.resampling.order = 0
        var third = MadeUpLogits(network: [4, 4, 4], cropped: [7, 8, 6], forward: [1, 2, 0], backward: [2, 0, 1], seed: 3)
        third.resampling.kind = .torch
        return try [first.make(), second.make(), third.make()]
    }

    private func average(_ maps: [[Float]]) -> [Float] {
        maps[0].indices.map { index in maps.reduce(0) { $0 + $1[index] } / Float(maps.count) }
    }

    @Test func `an ensemble averages the models' probabilities on the image's grid`() throws {
        let maps = try self.members().map { member in
            let exported = try exportProbabilities(member, team: team)
            let probabilities = exported.probabilities
            return try #require(probabilities).values.values
        }
        let exported = try ensembleLabels(self.members(), keepProbabilities: true, team: team)
        let probabilities = exported.probabilities
        let found = try #require(probabilities)
        #expect(found.values.shape == [3, 6, 7, 8])
        #expect(found.values.values == average(maps))
        #expect(exported.labels.voxels.values == argmax(found.values.values, heads: 3))
        let withoutProbabilities = try ensembleLabels(members(), team: team)
        #expect(withoutProbabilities.labels.voxels.values == exported.labels.voxels.values)
        #expect(withoutProbabilities.probabilities == nil)
    }

    @Test func `arrays of probabilities give the same ensemble`() throws {
        let members = try members()
        let maps = try self.members().map { member in
            let exported = try exportProbabilities(member, team: team)
            let probabilities = exported.probabilities
            return try #require(probabilities)
        }
        let expected = try ensembleLabels(self.members(), keepProbabilities: true, team: team)
        let found = try ensembleLabels(averaging: maps, labels: members[0].model.labels, keepProbabilities: true, team: team)
        #expect(found.labels.voxels.values == expected.labels.voxels.values)
        let (a, b) = (found.probabilities, expected.probabilities)
        #expect(try #require(a).values.values == #require(b).values.values)
    }

    /// Two models of one image of the reader's shape (9, 7, 8), whose windows go along the reader's axis `axis`.
    private func alongOneAxis(_ axis: Int) throws -> [Logits] {
        var first = MadeUpLogits(network: [4, 5, 6], cropped: [8, 6, 7])
        first.margin = (below: [1, 0, 1], above: [0, 1, 0])
        first.outerAxis = axis
        var second = MadeUpLogits(network: [7, 9, 8], forward: [1, 0, 2], backward: [1, 0, 2], seed: 2)
        second.resampling.order = 0
        second.outerAxis = 1 - axis
        return try [first.make(), second.make()]
    }

    @Test(arguments: [0, 1], [1, 2, 3]) func `slab by slab an ensemble is that of the whole`(axis: Int, step: Int) throws {
        let expected = try ensembleLabels(alongOneAxis(axis), keepProbabilities: true, team: team)
        let members = try alongOneAxis(axis)
        var export = try EnsembleExport(members, keepProbabilities: true, team: team)
        var (ends, order): ([Int], [Int]) = ([0, 0], [])
        while let next = export.next {
            let layout = members[next].values.layout
            let end = min(layout.image[layout.outerAxis], ends[next] + step)
            // A slab is final only when the whole of its inner axis is.
            try export.take(FinalRows(outer: ends[next]..<end, inner: 0..<1), of: next)
            try export.take(FinalRows(outer: ends[next]..<end, inner: 1..<layout.image[layout.innerAxis]), of: next)
            ends[next] = end
            order.append(next)
        }
        #expect(step > 2 || zip(order, order.dropFirst()).count { $0 != $1 } > 2, "one member waits for the other")
        let found = export.exported()
        #expect(found.labels.voxels.values == expected.labels.voxels.values)
        let (a, b) = (found.probabilities, expected.probabilities)
        #expect(try #require(a).values.values == #require(b).values.values)
    }

    @Test func `of equal average probabilities the lower label wins`() throws {
        let maps = [[1, 0, 0, 1], [0, 1, 1, 0]].map { ProbabilityMap(values: Tensor(shape: [2, 1, 1, 2], values: $0.map(Float.init))) }
        let labels = try ensembleLabels(averaging: maps, labels: try Models.plainLabels(2), team: team)
        #expect(labels.labels.voxels.values == [0, 0])
    }

    @Test func `a region counts when its average is above one half`() throws {
        let scheme = try Models.labels([("background", [0]), ("whole", [1, 2]), ("core", [2])], order: [1, 300])
        let maps = [[0.6, 0.9, 0, 0.2], [0.4, 0.9, 0, 0.9]].map {
            ProbabilityMap(values: Tensor(shape: [2, 1, 1, 2], values: $0.map { Float($0) }))
        }
        let labels = try ensembleLabels(averaging: maps, labels: scheme, team: team)
        #expect(labels.labels.voxels.values == [0, 300])
    }

    @Test func `models that do not belong together are refused`() throws {
        let members = try members()
        #expect(throws: Problem.shapeMismatch(what: "a model's prediction", expected: [6, 7, 8], found: [4, 5, 6])) {
            _ = try ensembleLabels([members[0], try MadeUpLogits().make()], team: team)
        }
        #expect(throws: Problem.differentModels(reason: "their labels differ; every dataset.json must name the same ones")) {
            _ = try ensembleLabels([try MadeUpLogits().make(), try MadeUpLogits(heads: 2).make()], team: team)
        }
        #expect(throws: Problem.differentModels(reason: "there is none")) { _ = try ensembleLabels([], team: team) }
        #expect(throws: Problem.shapeMismatch(what: "an array of probabilities", expected: [2, 1, 1, 2], found: [2, 1, 2, 1])) {
            let maps = [[2, 1, 1, 2], [2, 1, 2, 1]].map { ProbabilityMap(values: Tensor(shape: $0, repeating: 0)) }
            _ = try ensembleLabels(averaging: maps, labels: try Models.plainLabels(2), team: team)
        }
    }
}
