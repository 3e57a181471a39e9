import CNIfTI
import Compression
import Files
import Imaging
import Tensors

extension NIfTIHeader {
    /// The NIfTI library prints to standard error from debug level 1 on.
    private static let librarySilenced: Void = nifti_set_debug_level(0)

    /// Reads the header at the front of a file, which leaves the reader behind its last byte.
    init(from reader: GzipReader) throws(Problem) {
        _ = Self.librarySilenced
        let path = reader.path
        var bytes = [UInt8](repeating: 0, count: 540)
        let available = try reader.fill(&bytes, 0..<348)
        let stored = bytes.span.bytes.unsafeLoadUnaligned(as: Int32.self)
        guard available == 348, [348, 540].contains(stored) || [348, 540].contains(stored.byteSwapped) else {
            throw .notAnImage(path: path, expected: "a NIfTI file", found: Self.describe(bytes[..<available]))
        }
        let isSwapped = stored != 348 && stored != 540
        if stored == 540 || stored.byteSwapped == 540 {
            guard try reader.fill(&bytes, 348..<540) == 192 else { throw .damaged(path: path, reason: "it ends within the header") }
            try self.init(version2: bytes, isSwapped: isSwapped, path: path)
        } else {
            try self.init(version1: bytes, isSwapped: isSwapped, path: path)
        }
    }

    private init(version1 bytes: [UInt8], isSwapped: Bool, path: String) throws(Problem) {
        var raw = bytes.span.bytes.unsafeLoadUnaligned(as: nifti_1_header.self)
        let magic = elements(of: raw.magic, as: UInt8.self)
        guard magic[0] == UInt8(ascii: "n"), magic[1] == UInt8(ascii: "+") || magic[1] == UInt8(ascii: "i"), magic[2] == UInt8(ascii: "1"),
            magic[3] == 0
        else {
            throw .notAnImage(path: path, expected: "a NIfTI file", found: "an Analyze 7.5 header, which does not say how the image lies")
        }
        if isSwapped { swap_nifti_header(&raw, 1) }
        let dimensions = elements(of: raw.dim, as: Int16.self).map(Int.init)
        try Self.check(dimensions: dimensions, datatype: Int(raw.datatype), offset: Double(raw.vox_offset), path: path)
        guard let image = nifti_convert_n1hdr2nim(raw, nil) else {
            throw .damaged(path: path, reason: "the NIfTI library refuses its header")
        }
        defer { nifti_image_free(image) }
        self.init(
            Form(version: 1, isSingleFile: magic[1] == UInt8(ascii: "+"), isByteSwapped: isSwapped), dimensions: dimensions,
            datatypeCode: Int(raw.datatype), pixdim: elements(of: raw.pixdim, as: Float.self).map(Double.init),
            voxelOffset: Int(raw.vox_offset), slope: Double(raw.scl_slope), intercept: Double(raw.scl_inter),
            transforms: Transforms(
                codes: (Int(raw.qform_code), Int(raw.sform_code)),
                quaternion: SIMD3(Double(raw.quatern_b), Double(raw.quatern_c), Double(raw.quatern_d)),
                quaternionOffset: SIMD3(Double(raw.qoffset_x), Double(raw.qoffset_y), Double(raw.qoffset_z)),
                affine: [raw.srow_x, raw.srow_y, raw.srow_z].map { elements(of: $0, as: Float.self).map(Double.init) },
                matrix: elements(of: image.pointee.qto_xyz, as: Double.self)),
            units: Int(raw.xyzt_units), intentCode: Int(raw.intent_code))
    }

    private init(version2 bytes: [UInt8], isSwapped: Bool, path: String) throws(Problem) {
        var raw = bytes.span.bytes.unsafeLoadUnaligned(as: nifti_2_header.self)
        let magic = elements(of: raw.magic, as: UInt8.self)
        guard magic[0] == UInt8(ascii: "n"), magic[1] == UInt8(ascii: "+") || magic[1] == UInt8(ascii: "i"), magic[2] == UInt8(ascii: "2"),
            magic[3...] == [0, 0x0d, 0x0a, 0x1a, 0x0a]
        else {
            throw .notAnImage(path: path, expected: "a NIfTI file", found: "a header of NIfTI-2's size without its magic")
        }
        if isSwapped { swap_nifti_header(&raw, 2) }
        let stored = elements(of: raw.dim, as: Int64.self).map(Int.init)
        try Self.check(dimensions: stored, datatype: Int(raw.datatype), offset: Double(raw.vox_offset), path: path)
        guard let image = nifti_convert_n2hdr2nim(raw, nil) else {
            throw .damaged(path: path, reason: "the NIfTI library refuses its header")
        }
        defer { nifti_image_free(image) }
        self.init(
            Form(version: 2, isSingleFile: magic[1] == UInt8(ascii: "+"), isByteSwapped: isSwapped), dimensions: stored,
            datatypeCode: Int(raw.datatype), pixdim: elements(of: raw.pixdim, as: Double.self), voxelOffset: Int(raw.vox_offset),
            slope: raw.scl_slope, intercept: raw.scl_inter,
            transforms: Transforms(
                codes: (Int(raw.qform_code), Int(raw.sform_code)), quaternion: SIMD3(raw.quatern_b, raw.quatern_c, raw.quatern_d),
                quaternionOffset: SIMD3(raw.qoffset_x, raw.qoffset_y, raw.qoffset_z),
                affine: [raw.srow_x, raw.srow_y, raw.srow_z].map { elements(of: $0, as: Double.self) },
                matrix: elements(of: image.pointee.qto_xyz, as: Double.self)),
            units: Int(raw.xyzt_units), intentCode: Int(raw.intent_code))
    }

    /// `stored` is dim[0...7].
    private init(
        _ form: Form, dimensions stored: [Int], datatypeCode: Int, pixdim: [Double], voxelOffset: Int, slope: Double, intercept: Double,
        transforms: Transforms, units: Int, intentCode: Int
    ) {
        self.form = form
        dimensions = Array(stored[1...stored[0]])
        self.datatypeCode = datatypeCode
        self.pixdim = pixdim
        self.voxelOffset = form.isSingleFile ? max(voxelOffset, form.headerSize) : voxelOffset
        self.slope = slope
        self.intercept = intercept
        self.transforms = transforms
        self.units = units
        self.intentCode = intentCode
    }

    /// Refuses what the NIfTI library would complain about on standard error, mend silently, or overflow on.
    private static func check(dimensions: [Int], datatype: Int, offset: Double, path: String) throws(Problem) {
        guard (1...7).contains(dimensions[0]) else {
            throw .damaged(path: path, reason: "its header gives \(dimensions[0]) dimensions, 1 to 7 are possible")
        }
        var bytes = 16
        for axis in 1...dimensions[0] {
            guard dimensions[axis] > 0 else {
                throw .damaged(path: path, reason: "its header gives \(dimensions[axis]) voxels along \(axisName(axis - 1))")
            }
            let (product, overflow) = bytes.multipliedReportingOverflow(by: dimensions[axis])
            guard !overflow, product < 1 << 50 else {
                throw .damaged(path: path, reason: "its header gives an impossible size, \(sizeText(dimensions[1...dimensions[0]])) voxels")
            }
            bytes = product
        }
        guard NIfTIDatatype(rawValue: datatype) != nil else {
            throw .unsupported(
                path: path,
                reason:
                    "its voxels are \(NIfTIDatatype.name(ofCode: datatype)) (NIfTI type \(datatype)), only integers and real numbers are"
                    + " read; convert it to a scalar image")
        }
        guard offset.isFinite, offset >= 0, offset < 1e9 else {
            throw .damaged(path: path, reason: "its header places the voxels at byte \(offset)")
        }
    }

    private static func describe(_ start: ArraySlice<UInt8>) -> String {
        if start.isEmpty { return "an empty file" }
        if start.count > 132, start[128..<132].elementsEqual("DICM".utf8) { return "a DICOM file" }
        let known: [(String, [UInt8])] = [
            ("a PNG picture", [0x89, 0x50, 0x4e, 0x47]), ("a JPEG picture", [0xff, 0xd8, 0xff]), ("a zip archive", [0x50, 0x4b, 3, 4]),
            ("an NRRD file", Array("NRRD".utf8)), ("a MetaImage file", Array("ObjectType".utf8)), ("a PDF document", Array("%PDF".utf8)),
        ]
        if let match = known.first(where: { start.starts(with: $0.1) }) { return match.0 }
        if start.count < 348 { return "\(start.count) bytes" }
        return start.allSatisfy { $0 >= 0x20 && $0 < 0x7f || (9...13).contains($0) } ? "text" : "other content"
    }
}

extension GzipReader {
    /// Fills a range of an array; gives the number of bytes that were there.
    func fill(_ bytes: inout [UInt8], _ range: Range<Int>) throws(Problem) -> Int {
        var span = bytes.mutableSpan
        var part = span.part(range.lowerBound, count: range.count)
        var raw = part.mutableBytes
        return try read(into: &raw)
    }
}

/// An axis of a file's voxels, counted from 0, by the name people know it by.
func axisName(_ axis: Int) -> String {
    ["x", "y", "z", "t"].indices.contains(axis) ? ["x", "y", "z", "t"][axis] : "dimension \(axis + 1)"
}
