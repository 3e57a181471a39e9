import Tensors
import Testing

struct `A buffer` {
    @Test func `lends its values to be read and written`() {
        var buffer = Buffer<Int32>(repeating: 7, count: 5)
        var span = buffer.mutableSpan
        span[3] = 9
        #expect((0..<5).map { buffer[$0] } == [7, 7, 7, 9, 7])
        #expect(buffer.span.count == 5 && buffer.count == 5)
    }

    @Test(arguments: [0, 1, 1000, 3 << 20]) func `begins at a whole vector`(count: Int) {
        let buffer = Buffer<UInt16>(repeating: 1, count: count)
        #expect(buffer.span.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) } % 64 == 0)
    }

    @Test func `lends a part as a span of its own`() {
        var buffer = Buffer<UInt8>(repeating: 0, count: 10)
        var span = buffer.mutableSpan
        var part = span.part(2, count: 3)
        part.fill(5)
        part[2] = 6
        #expect((0..<10).map { buffer[$0] } == [0, 0, 5, 5, 6, 0, 0, 0, 0, 0])
        let read = buffer.span.part(4, count: 6)
        #expect(read.indices.map { read[$0] } == [6, 0, 0, 0, 0, 0])
        let empty = buffer.span.part(10, count: 0)
        #expect(empty.indices.isEmpty)
    }

    @Test func `takes over another's elements`() {
        var buffer = Buffer<Float>(repeating: 0, count: 3)
        var span = buffer.mutableSpan
        span.copy([1, 2, 3].span)
        #expect((0..<3).map { buffer[$0] } == [1, 2, 3])
    }

    @Test func `is seen as vectors and vectors as scalars`() {
        var buffer = Buffer<SIMD4<Float>>(repeating: .zero, count: 2)
        write(&buffer)
        #expect(buffer[0] == [0, -1, -2, 3] && buffer[1] == [4, 5, 6, 7])
        let lanes = buffer.span.scalars
        let (all, part) = (lanes.indices.map { lanes[$0] }, lanes.vector(at: 3, as: SIMD4<Float>.self))
        #expect(all == [0, -1, -2, 3, 4, 5, 6, 7])
        #expect(part == [3, 4, 5, 6])
    }

    private func write(_ buffer: inout Buffer<SIMD4<Float>>) {
        var vectors = buffer.mutableSpan
        var scalars = vectors.scalars
        for index in scalars.indices { scalars[index] = Float(index) }
        scalars.store(SIMD2<Float>(-1, -2), at: 1)
    }
}
