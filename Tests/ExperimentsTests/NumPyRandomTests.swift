import Experiments
import Testing

/// NumPy's legacy generator, against numbers that NumPy drew.
struct `NumPy's generator` {
    @Test func `gives NumPy's bits`() {
        var random = NumPyRandom(seed: 1234)
        #expect((0..<3).map { _ in random.bits() } == [822_569_775, 2_137_449_171, 2_671_936_806])
    }

    @Test func `draws NumPy's numbers`() {
        var random = NumPyRandom(seed: 1234)
        #expect((0..<12).map { _ in random.number(upTo: 999) } == [815, 723, 294, 53, 204, 372, 664, 655, 689, 279, 233, 154])
        #expect(random.number(upTo: 0) == 0)
    }
}
