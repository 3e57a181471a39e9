import CGDCM
import Files

/// Decodes the image of one file at a time into its own buffer, which is used again for the next; the Swift owner of `CGDCM`.
struct DICOMFrameDecoder: ~Copyable {
    /// Native byte order; at least as large as the frame that was decoded last.
    private var samples = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 16)
    private var encoded: [UInt8] = []

    deinit {
        samples.deallocate()
    }

    /// Decodes a file's image and lends its samples, rows × columns, row by row.
    ///
    /// The file's header is read again, so that a file that was changed in between is noticed.
    mutating func withSamples<Result>(
        of header: DICOMFileHeader, _ body: (DICOMSamples) throws(Problem) -> Result
    ) throws(Problem) -> Result {
        var reader = DICOMDataSetReader(try DICOMByteSource(path: header.path))
        guard DICOMFileHeader(try reader.readDataSet()) == header, let format = header.sampleFormat, let place = header.pixelData else {
            throw .damaged(path: header.path, reason: "it was changed while the series was read")
        }
        let source = reader.finish()
        let syntax = DICOMTransferSyntax(uid: header.transferSyntaxUID)
        guard let coding = syntax.pixelCoding else {
            throw .unsupported(path: header.path, reason: "its transfer syntax is \(syntax.uid); export it uncompressed")
        }
        try load(place, of: header, format: format, from: source)
        try refuseSecondImage(place, of: header, coding: coding)
        if coding == .native {
            swapBytes(of: place, syntax: syntax, format: format)
        } else {
            if coding == .jpeg2000 { encoded = DICOMCodestream.unboxed(encoded) }
            if let problem = DICOMCodestream.problem(
                in: encoded, coding: coding, rows: header.rows, columns: header.columns, format: format)
            {
                throw .damaged(path: header.path, reason: problem)
            }
            if coding == .jpeg { encoded += DICOMCodestream.endlessEnd }
        }
        let decoded =
            coding == .native
            ? try decodeNative(header, format: format) : try decodeCompressed(header, format: format, syntax: syntax)
        let count = header.rows * header.columns
        let bytes = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: samples[..<(count * decoded.bytesPerSample)]))
        return try body(DICOMSamples(format: decoded, bytes: _overrideLifetime(bytes, borrowing: self), count: count))
    }

    /// Decodes plain `encoded`.
    private mutating func decodeNative(
        _ header: DICOMFileHeader, format: DICOMSampleFormat
    ) throws(Problem) -> DICOMSampleFormat {
        // Deflated or big-endian data are plain little-endian words by now; which of their bits count is settled in `DICOMSamples`.
        let words = DICOMSampleFormat(
            bitsAllocated: format.bitsAllocated, bitsStored: format.bitsAllocated, highBit: format.bitsAllocated - 1,
            isSigned: format.isSigned)
        _ = try decode(header, format: words, transferSyntax: DICOMTransferSyntax.explicitLittleEndian.uid)
        return format
    }

    /// Decodes `encoded`; a JPEG-LS stream that can't be decoded as it is, without the filling before its end marker.
    private mutating func decodeCompressed(
        _ header: DICOMFileHeader, format: DICOMSampleFormat, syntax: DICOMTransferSyntax
    ) throws(Problem) -> DICOMSampleFormat {
        do throws(Problem) {
            return try decode(header, format: format, transferSyntax: syntax.uid)
        } catch {
            guard error.kind == .damaged, syntax.pixelCoding == .jpegLS else { throw error }
            let whole = encoded
            for count in 1...DICOMCodestream.longestFilling {
                guard let bare = DICOMCodestream.withoutFilling(whole, count: count) else { break }
                encoded = bare
                if let format = try? decode(header, format: format, transferSyntax: syntax.uid) { return format }
            }
            throw error
        }
    }

    /// Refuses what no attribute says and the fragments show: a second image behind the first.
    private func refuseSecondImage(
        _ place: DICOMPixelData, of header: DICOMFileHeader, coding: DICOMTransferSyntax.PixelCoding
    ) throws(Problem) {
        guard case .encapsulated(let fragments) = place else { return }
        var start = 0
        for fragment in fragments {
            if start > 0, DICOMCodestream.isStart(of: coding, encoded[start...].prefix(8)) {
                throw .unsupported(
                    path: header.path, reason: "its pixel data hold more than one image; \(DICOMFileHeader.tilingAdvice)")
            }
            start += fragment.count
        }
    }

    /// Reads the encoded bytes: of an uncompressed image exactly those it needs, of a compressed one all its fragments, joined.
    private mutating func load(
        _ place: DICOMPixelData, of header: DICOMFileHeader, format: DICOMSampleFormat, from source: borrowing DICOMByteSource
    ) throws(Problem) {
        let needed = header.rows * header.columns * format.bytesPerSample
        let ranges: [Range<Int>]
        switch place {
        case .native(let range, _):
            guard range.count >= needed else {
                throw .damaged(path: header.path, reason: "its pixel data have \(range.count) bytes, the image needs \(needed)")
            }
            ranges = [range.lowerBound..<(range.lowerBound + needed)]
        case .encapsulated(let fragments): ranges = fragments
        }
        encoded = [UInt8](repeating: 0, count: ranges.reduce(0) { $0 + $1.count })
        var filled = 0
        for range in ranges {
            let failure = encoded.withUnsafeMutableBytes { buffer -> Problem? in
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + range.count)])
                do throws(Problem) { try source.read(into: part, at: range.lowerBound) } catch { return error }
                return nil
            }
            if let failure { throw failure }
            filled += range.count
        }
    }

    /// Brings big-endian samples into native order.
    private mutating func swapBytes(of place: DICOMPixelData, syntax: DICOMTransferSyntax, format: DICOMSampleFormat) {
        guard syntax.hasBigEndianPixels else { return }
        var width = format.bytesPerSample
        // Eight-bit samples in 16-bit words: the word's lower byte is the first sample.
        if width == 1, case .native(_, isWords: true) = place { width = 2 }
        guard width > 1 else { return }
        encoded.withUnsafeMutableBufferPointer { bytes in
            for start in stride(from: 0, through: bytes.count - width, by: width) {
                bytes[start..<(start + width)].reverse()
            }
        }
    }

    private mutating func decode(
        _ header: DICOMFileHeader, format: DICOMSampleFormat, transferSyntax: String
    ) throws(Problem) -> DICOMSampleFormat {
        // Twice the largest sample, because a codec may write what the stream says before it is compared with the header.
        let capacity = header.rows * header.columns * 8
        if samples.count < capacity {
            samples.deallocate()
            samples = .allocate(byteCount: capacity, alignment: 16)
        }
        var decoded = cgdcm_sample_format()
        let status = encoded.withUnsafeBytes { bytes in
            transferSyntax.withCString { uid in
                var frame = cgdcm_frame(
                    transfer_syntax: uid, rows: UInt32(header.rows), columns: UInt32(header.columns),
                    format: cgdcm_sample_format(
                        bits_allocated: UInt16(format.bitsAllocated), bits_stored: UInt16(format.bitsStored),
                        high_bit: UInt16(format.highBit), is_signed: format.isSigned),
                    bytes: bytes.baseAddress, byte_count: bytes.count)
                return cgdcm_decode(&frame, samples.baseAddress, samples.count, &decoded)
            }
        }
        switch status {
        case CGDCM_DECODED: break
        case CGDCM_UNKNOWN_TRANSFER_SYNTAX:
            throw .unsupported(
                path: header.path, reason: "GDCM has no decoder for its transfer syntax \(transferSyntax); export it uncompressed")
        case CGDCM_DIFFERENT_SIZE:
            throw .damaged(path: header.path, reason: "its compressed image has another size than its header says")
        case CGDCM_OUT_OF_MEMORY: throw .unreadable(path: header.path, reason: "no memory to decode its image")
        default: throw .damaged(path: header.path, reason: "its image can't be decoded")
        }
        let actual = DICOMSampleFormat(
            bitsAllocated: Int(decoded.bits_allocated), bitsStored: Int(decoded.bits_stored), highBit: Int(decoded.high_bit),
            // The stream of a lossless JPEG doesn't know the sign, the header does.
            isSigned: format.isSigned)
        guard actual.isValid else { throw .damaged(path: header.path, reason: "the bits of its compressed image make no sense") }
        return actual
    }
}
