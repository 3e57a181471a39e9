import Files

/// Sequences of undefined length (PS3.5, 7.5), which are walked through to find their end.
extension DICOMDataSetReader {
    mutating func skipSequence(depth: Int, isUnknown: Bool) throws(Problem) {
        guard depth <= Self.deepestNesting else {
            throw .damaged(path: source.path, reason: "its sequences are nested more than \(Self.deepestNesting) deep")
        }
        // The content of an unknown element of undefined length is implicit little endian (PS3.5, 6.2.2, note 2).
        let outer = isImplicit
        if isUnknown { isImplicit = true }
        defer { isImplicit = outer }
        while true {
            guard let element = try nextElement() else { throw .damaged(path: source.path, reason: "it ends within a sequence") }
            switch element.tag {
            case .sequenceDelimitation: return
            case .item:
                if let length = element.length {
                    try expect(length, of: element.tag)
                    position += length
                } else {
                    if isUnknown { isImplicit = try !startsExplicitly() }
                    try skipItem(depth: depth)
                }
            default: throw .damaged(path: source.path, reason: "element \(element.tag) stands where a sequence item should")
            }
        }
    }

    /// Whether the element at `position` has one of the standard's value representations: some programs leave them in the items of unknown
    /// elements.
    private mutating func startsExplicitly() throws(Problem) -> Bool {
        guard source.holds(8, at: position) else { return false }
        let representation = try source.integer(UInt16.self, at: position + 4, bigEndian: true)
        return Self.shortRepresentations.contains(representation) || Self.longRepresentations.contains(representation)
    }

    private mutating func skipItem(depth: Int) throws(Problem) {
        while true {
            guard let element = try nextElement() else { throw .damaged(path: source.path, reason: "it ends within a sequence item") }
            if element.tag == .itemDelimitation { return }
            if let length = element.length {
                try expect(length, of: element.tag)
                position += length
            } else {
                try skipSequence(depth: depth + 1, isUnknown: element.representation == Self.unknown)
            }
        }
    }
}
