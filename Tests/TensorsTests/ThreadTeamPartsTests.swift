import Tensors
import Testing

struct `Parts that a team works on` {
    private let team = ThreadTeam(threadCount: 3)

    @Test func `results come in the order of their indices`() {
        #expect(team.map(count: 1000) { $0 * $0 } == (0..<1000).map { $0 * $0 })
        #expect(team.map(count: 0) { $0 }.isEmpty)
        #expect(team.map(count: 3) { "\($0)" } == ["0", "1", "2"])
    }

    @Test(arguments: [1, 7, 100, 1000]) func `every element is in one part`(size: Int) {
        var buffer = Buffer<Int>(repeating: -1, count: 100)
        var span = buffer.mutableSpan
        team.forEachPart(of: &span, size: size) { index, part in
            for place in part.indices { part[place] = index * size + place }
        }
        #expect((0..<100).map { buffer[$0] } == Array(0..<100))
    }

    @Test func `no part is made of nothing`() {
        var buffer = Buffer<Int>(repeating: 0, count: 0)
        var span = buffer.mutableSpan
        team.forEachPart(of: &span, size: 0) { _, _ in Issue.record("a part of nothing") }
    }

    @Test func `each thread keeps its scratch`() {
        let sums = team.map(count: 1) { _ in 0 }
        #expect(sums == [0])
        var buffer = Buffer<Int>(repeating: 0, count: 60)
        var span = buffer.mutableSpan
        let ranges = (0..<20).map { 3 * $0..<3 * $0 + 2 }
        team.forEachPart(of: &span, at: ranges, scratch: { Buffer<Int>(repeating: 0, count: 1) }) { index, part, scratch in
            scratch[0] += 1
            for place in part.indices { part[place] = scratch[0] }
        }
        let values = (0..<60).map { buffer[$0] }
        #expect(values.enumerated().allSatisfy { ($0.offset % 3 == 2) == ($0.element == 0) })
        // Three threads took twenty parts: each counted its own.
        #expect((1...20).contains(values.max() ?? 0))
    }

    @Test func `blocks cover a grid in every channel, whatever order its axes lie in`() {
        // (channel, z, y, x) of [2, 3, 5, 4] inside an array whose z is the fastest axis.
        var buffer = Buffer<Int>(repeating: -1, count: 2 * 100)
        var span = buffer.mutableSpan
        let layout = BlockLayout(BlockGrid(shape: [3, 5, 4], block: [2, 2]), channels: 2, strides: [1, 4, 20], offset: 1)
        team.forEachBlock(of: &span, layout, scratch: {}) { box, block, _ in
            for channel in 0..<2 {
                for (z, y) in box[0].flatMap({ z in box[1].map { (z, $0) } }) {
                    block.setRow(channel: channel, z: z - box[0].lowerBound, y: y - box[1].lowerBound) { x in
                        channel * 1000 + z * 100 + y * 10 + x
                    }
                }
            }
        }
        for index in 0..<200 {
            let (channel, x, y, z) = (index / 100, index % 100 / 20, index % 20 / 4, index % 4 - 1)
            let isInside = x < 4 && z >= 0
            #expect(buffer[index] == (isInside ? channel * 1000 + z * 100 + y * 10 + x : -1))
        }
    }

    @Test func `two arrays are cut alike, and one of them may be empty`() {
        let grid = BlockGrid(shape: [2, 3, 4], block: [1, 2])
        var labels = Buffer<UInt16>(repeating: 0, count: 24)
        var kept = Buffer<Float>(repeating: 0, count: 48)
        var none = Buffer<Float>(repeating: 0, count: 0)
        fill(&labels, &kept, grid, channels: 2)
        fill(&labels, &none, grid, channels: 0)
        #expect((0..<24).allSatisfy { labels[$0] == UInt16($0 % 4 + 1) })
        #expect((0..<48).allSatisfy { kept[$0] == Float($0 / 24 + 1) })
    }

    /// Writes each voxel's x + 1 as label and the channel's number + 1 into each channel.
    private func fill(_ labels: inout Buffer<UInt16>, _ kept: inout Buffer<Float>, _ grid: BlockGrid, channels: Int) {
        var first = labels.mutableSpan
        var second = kept.mutableSpan
        team.forEachBlock(
            of: &first, BlockLayout(grid), and: &second, BlockLayout(grid, channels: channels), scratch: {}
        ) { box, labels, values, _ in
            for (z, y) in (0..<box[0].count).flatMap({ z in (0..<box[1].count).map { (z, $0) } }) {
                labels.setRow(z: z, y: y) { UInt16($0 + 1) }
                for channel in 0..<channels {
                    var row = values.row(channel: channel, z: z, y: y)
                    row.fill(Float(channel + 1))
                }
            }
        }
    }

    @Test func `threads never share a part`() async {
        await #expect(processExitsWith: .failure) {
            var buffer = Buffer<Int>(repeating: 0, count: 8)
            var span = buffer.mutableSpan
            ThreadTeam(threadCount: 1).forEachPart(of: &span, at: [0..<4, 3..<8], scratch: {}) { _, _, _ in }
        }
        await #expect(processExitsWith: .failure) {
            var buffer = Buffer<Int>(repeating: 0, count: 8)
            var span = buffer.mutableSpan
            let layout = BlockLayout(BlockGrid(shape: [2, 2, 2], block: [1, 1]), strides: [2, 2, 1])
            ThreadTeam(threadCount: 1).forEachBlock(of: &span, layout, scratch: {}) { _, _, _ in }
        }
    }
}
