import Testing

/// What the system says of a failed call is taken in one place, where calls that a signal interrupts are made again.
struct `Failed system calls` {
    /// Who may look at `errno` or word it: the owner of files, and a library's own words for its own errors.
    private static let owners = ["Sources/Files/", "Sources/Compression/Zip", "Sources/Downloads/"]

    private static func looks(_ text: String) -> Bool { text.contains(/\b(?:errno|EINTR|\w*strerror)\b/) }

    @Test func `are worded by their owner`() throws {
        for file in try SourceTree.files(below: "Sources", endings: [".swift"]) where !Self.owners.contains(where: file.hasPrefix) {
            #expect(!Self.looks(try SourceTree.text(of: file)), "\(file) looks at errno; OpenFile and FileSystem throw SystemError")
        }
    }

    @Test(arguments: owners) func `are what an owner is listed for`(owner: String) throws {
        let files = try SourceTree.files(below: "Sources", endings: [".swift"]).filter { $0.hasPrefix(owner) }
        #expect(try files.contains { Self.looks(try SourceTree.text(of: $0)) }, "\(owner) has no such call")
    }
}
