import Compression
package import Files
import Glibc
import Imaging
import Tensors

/// Reads one array of a `.npz` archive: nnU-Net's saved probabilities, float32 (heads, z, y, x) in reader order, under `probabilities`.
///
/// The entry's check value is verified. Fortran order, which NumPy writes for some transposed arrays, is turned into C order.
package func readNPZ(path: String, key: String = "probabilities") throws(Problem) -> NumPyArray {
    let archive = try ZipReader(path: path)
    guard let entry = archive.entry(named: key + ".npy") else { throw .entryMissing(path: path, name: key + ".npy") }
    let stream = try archive.open(entry)
    let header = try NPYHeader(from: stream, path: path)
    guard header.byteCount + header.count * header.element.size == entry.size else {
        throw .damaged(path: path, reason: "its shape \(sizeText(header.shape)) does not fit the \(entry.size) bytes of the entry")
    }
    let array = try readArray(header, from: stream, path: path)
    try stream.finish()
    return array
}

/// Reads a `.npy` file, gzipped or not.
package func readNPY(path: String) throws(Problem) -> NumPyArray {
    let reader = try GzipReader(path: path)
    let header = try NPYHeader(from: reader, path: path)
    guard header.byteCount + header.count * header.element.size <= reader.largestContentSize else {
        throw .damaged(path: path, reason: "its shape \(sizeText(header.shape)) is more than the file can hold")
    }
    let array = try readArray(header, from: reader, path: path)
    guard try reader.drain(limit: 1 << 20) == 0 else {
        throw .damaged(path: path, reason: "it goes on after the last number")
    }
    return array
}

private func readArray(_ header: NPYHeader, from stream: some ByteStream, path: String) throws(Problem) -> NumPyArray {
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    guard header.count < memory / 4 else {
        throw .unsupported(path: path, reason: "its \(sizeText(header.shape)) numbers are more than this machine's memory holds")
    }
    var values = Buffer<Float>(uninitializedCount: header.count, hugePages: false)
    let perChunk = (1 << 20) / header.element.size
    var chunk = Buffer<UInt8>(uninitializedCount: perChunk * header.element.size)
    var target = values.mutableSpan
    for start in stride(from: 0, to: target.count, by: perChunk) {
        let count = min(perChunk, target.count - start)
        try fill(&chunk, count: count * header.element.size, from: stream)
        var part = target.part(start, count: count)
        header.convert(chunk.span.part(0, count: count * header.element.size).bytes, to: &part)
    }
    if header.isFortranOrder && header.shape.count > 1 { values = inOrderC(values, shape: header.shape) }
    return NumPyArray(shape: header.shape, values: values, storedType: header.storedType)
}

/// Reads the first `count` bytes of a chunk.
private func fill(_ chunk: inout Buffer<UInt8>, count: Int, from stream: some ByteStream) throws(Problem) {
    var bytes = chunk.mutableSpan
    var part = bytes.part(0, count: count)
    var raw = part.mutableBytes
    try stream.readFully(into: &raw)
}

/// The same array with the last axis fastest, from one with the first axis fastest.
private func inOrderC(_ old: borrowing Buffer<Float>, shape: [Int]) -> Buffer<Float> {
    var new = Buffer<Float>(uninitializedCount: old.count, hugePages: false)
    var target = new.mutableSpan
    let source = old.span
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var index = [Int](repeating: 0, count: shape.count)
    var offset = 0
    for i in target.indices {
        target[i] = source[offset]
        var axis = shape.count - 1
        while axis >= 0 {
            index[axis] += 1
            offset += strides[axis]
            if index[axis] < shape[axis] { break }
            offset -= strides[axis] * shape[axis]
            index[axis] = 0
            axis -= 1
        }
    }
    return new
}

extension NPYHeader {
    /// Converts stored numbers to float32.
    fileprivate func convert(_ raw: RawSpan, to target: inout MutableSpan<Float>) {
        switch element {
        case .boolean, .uint8: convert(raw, as: UInt8.self, to: &target)
        case .int8: convert(raw, as: Int8.self, to: &target)
        case .int16: convert(raw, as: Int16.self, to: &target)
        case .int32: convert(raw, as: Int32.self, to: &target)
        case .int64: convert(raw, as: Int64.self, to: &target)
        case .uint16: convert(raw, as: UInt16.self, to: &target)
        case .uint32: convert(raw, as: UInt32.self, to: &target)
        case .uint64: convert(raw, as: UInt64.self, to: &target)
        case .float16: convert(raw, as: Float16.self, to: &target)
        case .float32: convert(raw, as: Float.self, to: &target)
        case .float64: convert(raw, as: Double.self, to: &target)
        }
    }

    @inline(__always)
    private func convert<Stored: StoredVoxel>(_ raw: RawSpan, as type: Stored.Type, to target: inout MutableSpan<Float>) {
        let size = MemoryLayout<Stored>.size
        precondition(raw.byteCount == target.count * size)
        // Loads are unchecked: the counts agree.
        if isByteSwapped {
            for i in target.indices { target[i] = raw.unsafeLoadUnaligned(fromUncheckedByteOffset: i * size, as: type).swapped.float }
        } else {
            for i in target.indices { target[i] = raw.unsafeLoadUnaligned(fromUncheckedByteOffset: i * size, as: type).float }
        }
    }
}
