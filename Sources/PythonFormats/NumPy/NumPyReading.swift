import Archives
package import Files
import Glibc
import Imaging

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
    var values = VoxelBuffer<Float>(uninitializedCount: header.count)
    let perChunk = (1 << 20) / header.element.size
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { chunk.deallocate() }
    var failure: Problem?
    var span = values.mutableSpan
    span.withUnsafeMutableBufferPointer { target in
        var done = 0
        while done < target.count {
            let count = min(perChunk, target.count - done)
            let raw = UnsafeMutableRawBufferPointer(rebasing: chunk[..<(count * header.element.size)])
            do throws(Problem) {
                try stream.readFully(into: raw)
            } catch {
                failure = error
                return
            }
            header.convert(UnsafeRawBufferPointer(raw), to: UnsafeMutableBufferPointer(rebasing: target[done..<(done + count)]))
            done += count
        }
    }
    if let failure { throw failure }
    if header.isFortranOrder && header.shape.count > 1 { values = inOrderC(values, shape: header.shape) }
    return NumPyArray(shape: header.shape, values: values, storedType: header.storedType)
}

/// The same array with the last axis fastest, from one with the first axis fastest.
private func inOrderC(_ old: borrowing VoxelBuffer<Float>, shape: [Int]) -> VoxelBuffer<Float> {
    var new = VoxelBuffer<Float>(uninitializedCount: old.count)
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
    fileprivate func convert(_ raw: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<Float>) {
        switch element {
        case .boolean, .uint8: convert(raw, as: UInt8.self, to: target)
        case .int8: convert(raw, as: Int8.self, to: target)
        case .int16: convert(raw, as: Int16.self, to: target)
        case .int32: convert(raw, as: Int32.self, to: target)
        case .int64: convert(raw, as: Int64.self, to: target)
        case .uint16: convert(raw, as: UInt16.self, to: target)
        case .uint32: convert(raw, as: UInt32.self, to: target)
        case .uint64: convert(raw, as: UInt64.self, to: target)
        case .float16: convert(raw, as: Float16.self, to: target)
        case .float32: convert(raw, as: Float.self, to: target)
        case .float64: convert(raw, as: Double.self, to: target)
        }
    }

    @inline(__always)
    private func convert<Stored: StoredVoxel>(
        _ raw: UnsafeRawBufferPointer, as type: Stored.Type, to target: UnsafeMutableBufferPointer<Float>
    ) {
        guard let from = raw.assumingMemoryBound(to: Stored.self).baseAddress, let to = target.baseAddress else { return }
        if isByteSwapped {
            for i in 0..<target.count { to[i] = from[i].swapped.float }
        } else {
            for i in 0..<target.count { to[i] = from[i].float }
        }
    }
}
