extension TensorView {
    /// The values as float32 in C order. float16, bfloat16 and small integers widen exactly; float64 and large integers are rounded.
    ///
    /// - `content`: The bytes of the view's storage, whose size was checked when the view was made.
    func values(in file: MappedFile, content: Range<Int>) -> [Float] {
        switch type {
        case .float32:
            if isContiguous { return contiguous(in: file, content: content) }
            return gather(UInt32.self, in: file, content) { Float(bitPattern: $0) }
        case .float64: return gather(UInt64.self, in: file, content) { Float(Double(bitPattern: $0)) }
        case .float16: return gather(UInt16.self, in: file, content) { Float(float16: $0) }
        case .bfloat16: return gather(UInt16.self, in: file, content) { Float(bitPattern: UInt32($0) << 16) }
        case .int64: return gather(Int64.self, in: file, content) { Float($0) }
        case .int32: return gather(Int32.self, in: file, content) { Float($0) }
        case .int16: return gather(Int16.self, in: file, content) { Float($0) }
        case .int8: return gather(Int8.self, in: file, content) { Float($0) }
        case .uint8: return gather(UInt8.self, in: file, content) { Float($0) }
        case .bool: return gather(UInt8.self, in: file, content) { $0 == 0 ? 0 : 1 }
        }
    }

    private func contiguous(in file: MappedFile, content: Range<Int>) -> [Float] {
        let start = content.lowerBound + offset * type.size
        let bytes = file.bytes.extracting(start..<start + count * type.size)
        return [Float](unsafeUninitializedCapacity: count) { values, initialized in
            // Unchecked: `bytes` are those of `count` values.
            for index in 0..<count {
                values[index] = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index * type.size, as: Float.self)
            }
            initialized = count
        }
    }

    /// Walks the view row by row, the last axis fastest.
    private func gather<Stored: FixedWidthInteger & BitwiseCopyable>(
        _ type: Stored.Type, in file: MappedFile, _ content: Range<Int>, _ convert: (Stored) -> Float
    ) -> [Float] {
        guard count > 0 else { return [] }
        let bytes = file.bytes.extracting(content)
        let size = MemoryLayout<Stored>.size
        let rowCount = shape.last ?? 1
        let step = strides.last ?? 1
        var index = [Int](repeating: 0, count: max(0, shape.count - 1))
        var values: [Float] = []
        values.reserveCapacity(count)
        var row = offset
        while true {
            for column in 0..<rowCount {
                values.append(
                    convert(Stored(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: (row + column * step) * size, as: type))))
            }
            var axis = index.count - 1
            while axis >= 0 {
                index[axis] += 1
                row += strides[axis]
                if index[axis] < shape[axis] { break }
                row -= shape[axis] * strides[axis]
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return values }
        }
    }
}

extension Float {
    /// A float16 by its bits, widened exactly; Swift's own Float16 is missing on some platforms.
    init(float16 bits: UInt16) {
        let sign = UInt32(bits & 0x8000) << 16
        let magnitude = UInt32(bits & 0x7FFF)
        switch magnitude {
        case 0x7C00...: self = Float(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x3FF) << 13)
        case 0x0400...: self = Float(bitPattern: sign | (magnitude << 13) + (112 << 23))
        default: self = Float(magnitude) * 0x1p-24 * (sign == 0 ? 1 : -1)
        }
    }
}
