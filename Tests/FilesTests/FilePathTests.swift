import Files
import SystemPackage
import Testing

struct `A raw path` {
    @Test(
        arguments: [[0x61, 0xFF, 0x62], [0x61, 0x0A], Array("a%41b".utf8), Array("ä ö".utf8), [0x25], Array("a/b c".utf8)] as [[UInt8]])
    func `is described so that it can be found again`(bytes: [UInt8]) {
        #expect(FilePath(shown: FilePath(bytes: bytes).shown).bytes == bytes)
    }

    @Test func `has a text only where it is UTF-8 without control characters`() {
        #expect(FilePath("Müller/1.dcm").text == "Müller/1.dcm")
        #expect(FilePath(bytes: [0x61, 0xFC]).text == nil)
        #expect(FilePath("a\nb").text == nil)
        #expect(FilePath("a\u{202E}b").text == nil)
    }

    @Test func `lies inside a folder by components`() {
        #expect(FilePath("/a/b").isInside(FilePath("/a")))
        #expect(FilePath("/a").isInside(FilePath("/a")))
        #expect(!FilePath("/ab").isInside(FilePath("/a")))
    }

    @Test func `knows its parent and last component`() {
        #expect(FilePath("/a/b").parent == FilePath("/a"))
        #expect(FilePath("/a").parent == FilePath("/"))
        #expect(FilePath("/a/b").name == FilePath("b"))
    }

    @Test func `is sorted by bytes`() {
        let paths = [[0x61], [0x61, 0x01], [0x62], [0x62, 0x2F, 0x61], [0x7F], [0x80], [0xFF]] as [[UInt8]]
        #expect(paths.reversed().map { FilePath(bytes: $0) }.sorted(by: <).map(\.bytes) == paths)
    }
}
