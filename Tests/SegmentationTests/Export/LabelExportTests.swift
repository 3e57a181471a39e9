import Files
import Plans
import Preprocessing
import Segmentation
import Testing
import TestSupport

struct LabelExportTests {
    private func labels(_ logits: Logits) throws -> [UInt16] { try exportLabels(logits, team: team).voxels.values }

    @Test func `the value written is the channel, not the label's value`() throws {
        let scheme = try Models.labels([("background", [0]), ("far", [9]), ("near", [5])])
        var logits = MadeUpLogits(network: [1, 1, 3], labels: scheme)
        logits.values = [9, 0, 0, 0, 9, 0, 0, 0, 9]
        #expect(try labels(logits.make()) == [0, 1, 2])
    }

    @Test func `of equal logits the lowest channel wins, of different ones the highest however close`() throws {
        var logits = MadeUpLogits(network: [1, 1, 2])
        // In float16 the second voxel's logits would tie.
        logits.values = [1, 10.001, 1, 10.002, 1, 10.001]
        #expect(try labels(logits.make()) == [0, 1])
    }

    @Test func `regions count above one half, later ones overwrite earlier ones, in the order of dataset.json`() throws {
        let scheme = try Models.labels(
            [("background", [0]), ("whole", [1, 2, 3]), ("core", [2, 3]), ("a last one", [3])], order: [1, 2, 3])
        var logits = MadeUpLogits(network: [1, 1, 4], labels: scheme)
        logits.values = [1, 1, 0x1p-24, 0x1p-23, 1, -1, 0x1p-24, -1, -1, 1, 0x1p-24, -1]
        #expect(try labels(logits.make()) == [2, 3, 0, 1])
    }

    @Test func `a region's value beyond 255 wraps as upstream's bytes do`() throws {
        let scheme = try Models.labels([("background", [0]), ("both", [1, 2]), ("one", [2])], order: [300, 2])
        var logits = MadeUpLogits(heads: 2, network: [1, 1, 2], labels: scheme)
        logits.values = [1, 1, -1, 1]
        #expect(try labels(logits.make()) == [44, 2])
    }

    @Test func `labels return to the place and the axes they came from`() throws {
        var made = MadeUpLogits(heads: 2, network: [2, 3, 4], forward: [1, 2, 0], backward: [2, 0, 1])
        made.margin = (below: [1, 2, 1], above: [2, 1, 0])
        let logits = try made.make()
        let inside = argmax(logits.values.values, heads: 2)
        let result = try exportLabels(logits, team: team)
        // Transposed (5, 6, 5) is the reader's (5, 5, 6): axis i of the reader is axis backward[i] here.
        #expect(result.shape == [5, 5, 6])
        let found = result.voxels.values
        for index in found.indices {
            let reader = [index / 30, index / 6 % 5, index % 6]
            let here = [reader[1] - 1, reader[2] - 2, reader[0] - 1]
            let isInside = zip(here, [2, 3, 4]).allSatisfy { 0..<$1 ~= $0 }
            #expect(found[index] == (isInside ? inside[(here[0] * 3 + here[1]) * 4 + here[2]] : 0))
        }
    }

    @Test(arguments: [
        ([9, 11, 21], [1.0, 1, 1], ResamplingFunction(kind: .spline, order: 1)),
        ([3, 4, 5], [1, 1, 1], ResamplingFunction(kind: .spline, order: 1)),
        ([9, 11, 21], [5, 1, 1], ResamplingFunction(kind: .spline, order: 1)),
        ([4, 5, 37], [1, 1, 1], ResamplingFunction(kind: .spline, order: 1)),
        ([9, 40, 6], [1, 5, 1], ResamplingFunction(kind: .spline, order: 1)),
        ([9, 11, 21], [5, 1, 1], ResamplingFunction(kind: .spline, order: 1, orderZ: 1)),
        ([9, 11, 21], [1, 1, 1], ResamplingFunction(kind: .spline, order: 0)),
        ([9, 11, 21], [1, 1, 1], ResamplingFunction(kind: .spline, order: 3)),
        ([9, 11, 21], [1, 1, 1], ResamplingFunction(kind: .torch)),
        ([9, 11, 21], [5, 1, 1], ResamplingFunction(kind: .torch)),
    ])
    func `labels are those of logits resampled as a whole`(target: [Int], networkSpacing: [Double], function: ResamplingFunction) throws {
        let logits = try MadeUpLogits(cropped: target, networkSpacing: networkSpacing, resampling: function).make()
        let values = logits.values.values
        let whole = try (0..<3).flatMap { head in
            try resample(
                Array(values[head * 120..<(head + 1) * 120]), [4, 5, 6], to: target, current: networkSpacing, new: [1, 1, 1], function)
        }
        let expected = argmax(whole, heads: 3)
        let different = zip(try labels(logits), expected).count { $0 != $1 }
        // A rounding may decide where two logits are equal but for their last bit.
        #expect(different <= expected.count / 1000)
    }

    @Test func `a coarse network axis is decided by the network's spacing first`() throws {
        // Separate along z by the network's 4 mm: nearest slices, so each output slice equals one input slice.
        let logits = try MadeUpLogits(heads: 2, network: [2, 4, 4], cropped: [4, 4, 4], networkSpacing: [4, 1, 1]).make()
        let first = Array(argmax(logits.values.values, heads: 2)[0..<16])
        let found = try labels(logits)
        #expect(Array(found[0..<16]) == Array(found[16..<32]))
        #expect(Array(found[32..<48]) == Array(found[48..<64]))
        #expect(Array(found[0..<16]) == first)
    }

    @Test func `a 2D configuration takes the case's spacing across slices`() throws {
        // 5 mm between slices makes axis 0 separate; [1, 0.5] alone has no third axis.
        let made = MadeUpLogits(heads: 2, network: [3, 4, 4], cropped: [3, 4, 8], spacing: [5, 1, 0.5], networkSpacing: [1, 1])
        #expect(try labels(made.make()).count == 96)
    }

    @Test func `logits of another number of channels than labels are refused`() {
        #expect(throws: Problem.networkInput(expected: "2 output channels", found: "[3, 4, 5, 6]")) {
            _ = try MadeUpLogits(labels: try Models.plainLabels(2)).make()
        }
    }

    @Test func `without resampling a grid that differs from the case's is refused`() throws {
        let logits = try MadeUpLogits(cropped: [8, 8, 8], resampling: ResamplingFunction(kind: .none)).make()
        #expect(throws: Problem.shapeMismatch(what: "the network's output", expected: [8, 8, 8], found: [4, 5, 6])) {
            _ = try exportLabels(logits, team: team)
        }
    }

    @Test(
        arguments: [
            ([11, 13, 21], [1.0, 1, 1], ResamplingFunction(kind: .spline, order: 1)),
            ([4, 5, 6], [1, 1, 1], ResamplingFunction(kind: .spline, order: 1)),
            ([3, 4, 5], [1, 1, 1], ResamplingFunction(kind: .torch)),
            ([11, 13, 21], [5, 1, 1], ResamplingFunction(kind: .spline, order: 1)),
            ([11, 13, 21], [1, 1, 1], ResamplingFunction(kind: .spline, order: 0)),
            ([11, 13, 21], [1, 1, 1], ResamplingFunction(kind: .spline, order: 3)),
        ], [0, 1])
    func `strip by strip the labels are those of the whole`(
        cropped: (target: [Int], networkSpacing: [Double], function: ResamplingFunction), outerAxis: Int
    ) throws {
        var made = MadeUpLogits(
            network: [8, 9, 6], cropped: cropped.target, networkSpacing: cropped.networkSpacing, forward: [1, 2, 0], backward: [2, 0, 1],
            resampling: cropped.function)
        let expected = try labels(made.make())
        made.outerAxis = outerAxis
        let logits = try made.make()
        var export = try LabelExport(logits, team: team)
        let ends = ([0, 2, 5, 6, made.network[outerAxis]], [0, 1, 4, made.network[1 - outerAxis]])
        for outer in zip(ends.0, ends.0.dropFirst()) {
            for inner in zip(ends.1, ends.1.dropFirst()) {
                try export.take(FinalRows(outer: outer.0..<outer.1, inner: inner.0..<inner.1))
            }
        }
        #expect(export.labels().voxels.values == expected)
    }
}
