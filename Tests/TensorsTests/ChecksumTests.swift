import Tensors
import Testing

struct `The checksum of a buffer` {
    /// More than one part of 4 MiB, and a rest that fills no word.
    private static let count = (5 << 20) / 4 + 3

    private func buffer(_ count: Int = Self.count) -> FloatBuffer {
        var buffer = FloatBuffer(repeating: 0, count: count)
        for index in 0..<count { buffer[index] = Float(index % 1013) }
        return buffer
    }

    @Test func `is the same for any number of threads`() {
        let values = buffer()
        #expect(values.checksum(team: ThreadTeam(threadCount: 1)) == values.checksum(team: ThreadTeam(threadCount: 3)))
    }

    @Test(arguments: [0, 1, 2, 7, 1 << 20, (4 << 20) / 4 - 1, (4 << 20) / 4, Self.count - 1])
    func `changes with each bit of a value`(index: Int) {
        let team = ThreadTeam(threadCount: 2)
        var values = buffer()
        let sum = values.checksum(team: team)
        for bit in 0..<32 {
            values[index] = Float(bitPattern: values[index].bitPattern ^ 1 << bit)
            #expect(values.checksum(team: team) != sum)
            values[index] = Float(bitPattern: values[index].bitPattern ^ 1 << bit)
        }
        #expect(values.checksum(team: team) == sum)
    }

    @Test func `changes when two values change places or both change their sign`() {
        let team = ThreadTeam(threadCount: 1)
        var values = buffer()
        let sum = values.checksum(team: team)
        (values[100], values[108]) = (values[108], values[100])
        #expect(values.checksum(team: team) != sum)
        (values[100], values[108]) = (-values[108], -values[100])
        #expect(values.checksum(team: team) != sum)
    }

    @Test func `tells buffers of zeros of different lengths apart`() {
        let team = ThreadTeam(threadCount: 1)
        let sums = [0, 1, 2, 3, 16].map { FloatBuffer(repeating: 0, count: $0).checksum(team: team) }
        #expect(Set(sums).count == sums.count)
    }
}
