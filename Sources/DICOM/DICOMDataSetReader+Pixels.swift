import Files

/// Where the pixel data lie (DICOM PS3.5, section 8 and annex A.4), and what real files have in their place: no offset table, no delimiter
/// at the end, fragments of odd length with a byte more behind them.
extension DICOMDataSetReader {
    mutating func locatePixelData(_ element: Element, in dataSet: inout DICOMDataSet) throws(Problem) {
        if let length = element.length {
            try expect(length, of: element.tag)
            let isWords = isImplicit || element.representation == Self.words
            dataSet.pixelData = .native(position..<(position + length), isWords: isWords)
            return
        }
        let coding = dataSet.transferSyntax.pixelCoding
        var fragments: [Range<Int>] = []
        var isFirst = true
        let listedBefore = dataSet.listedFrameCount
        while let fragment = try nextFragment(after: fragments.last, coding) {
            let isOffsetTable = isFirst ? try !isStart(of: coding, fragment) : false
            if isOffsetTable { dataSet.listedFrameCount = max(dataSet.listedFrameCount, fragment.count / 4) }
            if !isOffsetTable { fragments.append(fragment) }
            isFirst = false
        }
        // A frame has a fragment at least; a basic table that lists more frames is wrong, and is not needed.
        if dataSet.listedFrameCount > fragments.count { dataSet.listedFrameCount = listedBefore }
        dataSet.pixelData = .encapsulated(fragments)
    }

    /// The next fragment; nil after the last, whether the delimiter is there or not: a codestream that has its end is whole without it.
    private mutating func nextFragment(
        after last: Range<Int>?, _ coding: DICOMTransferSyntax.PixelCoding?
    ) throws(Problem) -> Range<Int>? {
        // An odd length is not allowed; where it is written nevertheless, the byte that makes it even may follow.
        if let last, last.count % 2 == 1, source.holds(9, at: position), try tag(at: position).group != 0xfffe,
            try tag(at: position + 1).group == 0xfffe
        {
            position += 1
        }
        guard let item = try nextElement(), item.tag != .dataSetTrailingPadding else {
            guard let last, try isEnd(of: coding, last) else {
                throw .damaged(path: source.path, reason: "it ends within its compressed pixel data")
            }
            return nil
        }
        if item.tag == .sequenceDelimitation { return nil }
        guard item.tag == .item, let length = item.length else {
            throw .damaged(path: source.path, reason: "element \(item.tag) stands within its compressed pixel data")
        }
        try expect(length, of: item.tag)
        position += length
        return (position - length)..<position
    }

    /// Whether a fragment begins as a compressed image does, which an offset table never does: its first offset is 0.
    private mutating func isStart(of coding: DICOMTransferSyntax.PixelCoding?, _ fragment: Range<Int>) throws(Problem) -> Bool {
        guard let coding, fragment.count > 8 else { return false }
        return DICOMCodestream.isStart(of: coding, try source.bytes(8, at: fragment.lowerBound))
    }

    /// Whether the last fragment ends as a compressed image does, padding left aside. RLE has no end marker: its runs are counted when it
    /// is decoded.
    private mutating func isEnd(of coding: DICOMTransferSyntax.PixelCoding?, _ fragment: Range<Int>) throws(Problem) -> Bool {
        guard let coding, coding != .native else { return false }
        if coding == .rle { return true }
        let tail = min(fragment.count, DICOMCodestream.longestPadding + 2)
        return DICOMCodestream.end(of: try source.bytes(tail, at: fragment.upperBound - tail)) != nil
    }
}
