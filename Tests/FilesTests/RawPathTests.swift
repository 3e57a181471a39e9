import Files
import Testing

struct `A raw path` {
    @Test(
        arguments: [[0x61, 0xFF, 0x62], [0x61, 0x0A], Array("a%41b".utf8), Array("ä ö".utf8), [0x25], Array("a/b c".utf8)] as [[UInt8]])
    func `is described so that it can be found again`(bytes: [UInt8]) {
        #expect(RawPath(described: RawPath(bytes: bytes).description).bytes == bytes)
    }

    @Test func `has a text only where it is UTF-8 without control characters`() {
        #expect(RawPath("Müller/1.dcm").text == "Müller/1.dcm")
        #expect(RawPath(bytes: [0x61, 0xFC]).text == nil)
        #expect(RawPath("a\nb").text == nil)
        #expect(RawPath("a\u{202E}b").text == nil)
    }

    @Test func `lies inside a folder by components`() {
        #expect(RawPath("/a/b").isInside(RawPath("/a")))
        #expect(RawPath("/a").isInside(RawPath("/a")))
        #expect(!RawPath("/ab").isInside(RawPath("/a")))
    }

    @Test func `knows its parent and last component`() {
        #expect(RawPath("/a/b").parent == RawPath("/a"))
        #expect(RawPath("/a").parent == RawPath("/"))
        #expect(RawPath("/a/b").lastComponent == RawPath("b"))
    }
}
