import Compression
import Files
import Glibc
import Imaging
import Tensors

/// One NIfTI file open for reading: its header read and checked, its voxels still to come.
final class NIfTIFile {
    let path: String
    let header: NIfTIHeader
    private let headerReader: GzipReader

    init(path: String) throws(Problem) {
        let headerPath = Self.sibling(of: path, from: "img", to: "hdr") ?? path
        let reader = try GzipReader(path: headerPath)
        header = try NIfTIHeader(from: reader)
        headerReader = reader
        self.path = path
    }

    /// Reads all voxels as float32 into memory that holds exactly that many, and verifies the rest of the file. Counts the voxels that can't
    /// be computed with, and gives warnings.
    func readVoxels(
        into target: inout MutableSpan<Float>, followsNibabel: Bool, zeroesNotFinite: Bool
    ) throws(Problem) -> (unusable: UnusableVoxels, warnings: [String]) {
        var unusable = UnusableVoxels()
        let warnings = try forEachChunk(
            count: target.count, followsNibabel: followsNibabel, zeroesNotFinite: zeroesNotFinite
        ) { raw, range, conversion in
            var part = target.part(range.lowerBound, count: range.count)
            unusable += conversion.convert(raw, to: &part)
        }
        return (unusable, warnings)
    }

    /// Reads all voxels as labels into memory that holds exactly that many. Gives the number of voxels that are no whole numbers from 0 to
    /// 65535, and warnings.
    func readLabels(
        into target: inout MutableSpan<UInt16>, followsNibabel: Bool
    ) throws(Problem) -> (wrong: Int, warnings: [String]) {
        var buffer = Buffer<Float>(uninitializedCount: Self.chunkSize)
        var wrong = 0
        let warnings = try forEachChunk(
            count: target.count, followsNibabel: followsNibabel, zeroesNotFinite: false
        ) { raw, range, conversion in
            var labels = target.part(range.lowerBound, count: range.count)
            if conversion.copyLabels(raw, to: &labels) { return }
            // A value that ITK's rules made 0 is no label either; one beyond float32 is found below.
            var all = buffer.mutableSpan
            var values = all.part(0, count: range.count)
            wrong += conversion.convert(raw, to: &values).notFinite
            for i in labels.indices {
                // The lowest bits of a whole number that 2²³ was added to are the number; of any other they are not its value.
                let label = UInt16(truncatingIfNeeded: (values[unchecked: i] + 0x1p23).bitPattern)
                labels[unchecked: i] = label
                wrong &+= Float(label) == values[unchecked: i] ? 0 : 1
            }
        }
        return (wrong, warnings)
    }

    /// Bytes that may follow the last voxel.
    static let mostAfterVoxels = 16 << 20

    /// Bytes that are read at once.
    static let chunkSize = 1 << 20

    /// Gives the stored voxels part by part with their place, then verifies the rest of the file; gives warnings.
    ///
    /// - `volume`: of so many voxels each, no part is of two; nil for parts that end anywhere.
    func forEachChunk(
        count total: Int, ofVolume volume: Int? = nil, followsNibabel: Bool, zeroesNotFinite: Bool,
        _ body: (RawSpan, Range<Int>, VoxelConversion) throws(Problem) -> Void
    ) throws(Problem) -> [String] {
        guard let datatype = header.datatype else { throw .unsupported(path: path, reason: "its voxel type is not read") }
        let conversion = try VoxelConversion(
            header: header, datatype: datatype, followsNibabel: followsNibabel, zeroesNotFinite: zeroesNotFinite, path: path)
        let reader = try voxelReader(datatype: datatype)
        var chunk = Buffer<UInt8>(uninitializedCount: Self.chunkSize)
        var done = 0
        while done < total {
            let count = min(Self.chunkSize / datatype.size, total - done, volume.map { $0 - done % $0 } ?? total)
            let byteCount = count * datatype.size
            do throws(Problem) {
                try fill(&chunk, count: byteCount, from: reader)
            } catch {
                guard error.kind == .truncated else { throw error }
                throw endsEarly(after: reader.contentRead - header.voxelOffset, of: total * datatype.size)
            }
            try body(chunk.span.part(0, count: byteCount).bytes, done..<(done + count), conversion)
            done += count
        }
        // What may follow the voxels is small; a stream that goes on and on is a bomb.
        let rest = try reader.drain(limit: Self.mostAfterVoxels)
        var warnings: [String] = []
        if rest > 0 { warnings.append("\(reader.path): \(rest) bytes after the last voxel are ignored.") }
        if reader.hasTrailingBytes { warnings.append("\(reader.path): bytes after the end of the gzip data are ignored.") }
        return warnings
    }

    private func fill(_ chunk: inout Buffer<UInt8>, count: Int, from reader: GzipReader) throws(Problem) {
        var bytes = chunk.mutableSpan
        var part = bytes.part(0, count: count)
        var raw = part.mutableBytes
        try reader.readFully(into: &raw)
    }

    private func endsEarly(after found: Int, of expected: Int) -> Problem {
        let declared = "its header declares \(sizeText(header.dimensions)) voxels, \(expected) bytes"
        return .damaged(path: path, reason: "it ends too early: \(declared), and only \(max(found, 0)) are there")
    }

    /// Throws unless the file can hold the voxels its header declares and this machine can hold them as float32.
    func checkSize() throws(Problem) {
        guard header.datatype != nil else { return }
        let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        guard header.voxelCount < memory / 4 else {
            throw .unsupported(
                path: path,
                reason:
                    "its header declares \(sizeText(header.dimensions)) voxels, \(header.voxelCount >> 28) GiB in memory, more than this"
                    + " machine's \(memory >> 30) GiB; correct the header or crop the image")
        }
        try checkContent()
    }

    /// Throws unless the file can hold the voxels its header declares.
    func checkContent() throws(Problem) {
        guard let datatype = header.datatype, header.form.isSingleFile else { return }
        let needed = header.voxelOffset + header.voxelCount * datatype.size
        guard needed <= headerReader.largestContentSize else {
            throw .damaged(
                path: path,
                reason: "its header declares \(sizeText(header.dimensions)) voxels, \(needed) bytes, but the file holds"
                    + (headerReader.isCompressed ? " at most" : "") + " \(headerReader.largestContentSize)")
        }
    }

    /// A reader that stands at the first voxel.
    private func voxelReader(datatype: NIfTIDatatype) throws(Problem) -> GzipReader {
        if header.form.isSingleFile {
            let skipped = header.voxelOffset - header.form.headerSize
            try headerReader.skip(skipped)
            return headerReader
        }
        guard let image = Self.sibling(of: headerReader.path, from: "hdr", to: "img") else {
            throw .damaged(path: path, reason: "its header says that the voxels are in another file, but its name does not end in .hdr")
        }
        let reader: GzipReader
        do throws(Problem) {
            reader = try GzipReader(path: image)
        } catch {
            reader = try GzipReader(path: image.hasSuffix(".gz") ? String(image.dropLast(3)) : image + ".gz")
        }
        guard header.voxelOffset + header.voxelCount * datatype.size <= reader.largestContentSize else {
            throw .damaged(path: reader.path, reason: "it is shorter than its header \(headerReader.path) declares")
        }
        try reader.skip(header.voxelOffset)
        return reader
    }

    /// The other file of a `.hdr` and `.img` pair, either of them possibly with `.gz`.
    private static func sibling(of path: String, from old: String, to new: String) -> String? {
        for end in ["", ".gz"] where path.hasSuffix(".\(old)\(end)") { return path.dropLast(old.count + end.count) + new + end }
        return nil
    }
}
