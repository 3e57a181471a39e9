// The calls that are understood: NumPy's scalars and arrays, and bytes of protocol 2. Each is read, none is made.
extension PickleGraph {
    /// An integer, a NumPy integer, or nil.
    package func integer(_ reference: Reference) -> Int? {
        if case .integer(let value) = self[reference] { return value }
        return numpyScalar(reference).flatMap { Int(exactly: $0) }
    }

    /// Any number, NumPy's included; True and False are none.
    package func real(_ reference: Reference) -> Double? {
        switch self[reference] {
        case .integer(let value): Double(value)
        case .real(let value): value
        default: numpyScalar(reference)
        }
    }

    /// All entries as integers.
    package func integers(_ reference: Reference) -> [Int]? {
        guard let items = sequence(reference) else { return nil }
        let values = items.compactMap { integer($0) }
        return values.count == items.count ? values : nil
    }

    /// All entries as numbers; a list or an array of any shape, flattened in C order.
    package func reals(_ reference: Reference) -> [Double]? {
        if let values = numpyArray(reference) { return values }
        guard let items = sequence(reference) else { return nil }
        let values = items.compactMap { real($0) }
        return values.count == items.count ? values : nil
    }

    /// Bytes, also as protocol 2 has them: `_codecs.encode(text, "latin1")`.
    private func data(_ reference: Reference) -> [UInt8]? {
        if case .data(let offset, let count) = self[reference] { return Array(bytes[Int(offset)..<Int(offset) + Int(count)]) }
        guard let arguments = arguments(of: reference, calling: "_codecs.encode"), arguments.count == 2,
            let text = text(arguments[0]), let encoding = self.text(arguments[1]), encoding == "latin1" || encoding == "latin-1"
        else { return nil }
        let codes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
        return codes.count == text.unicodeScalars.count ? codes : nil
    }

    /// `numpy.core.multiarray.scalar(dtype, bytes)`, in NumPy 2 `numpy._core`.
    private func numpyScalar(_ reference: Reference) -> Double? {
        guard
            let arguments = arguments(
                of: reference, calling: "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar"), arguments.count == 2,
            let code = dataType(arguments[0]), let data = data(arguments[1]), let values = Self.values(data, as: code), values.count == 1
        else { return nil }
        return values[0]
    }

    /// `numpy.core.multiarray._reconstruct(…)` with its state (version, shape, dtype, is Fortran, bytes).
    private func numpyArray(_ reference: Reference) -> [Double]? {
        guard
            calledName(reference) == "numpy.core.multiarray._reconstruct" || calledName(reference) == "numpy._core.multiarray._reconstruct",
            let state = states[reference], let parts = sequence(state), parts.count == 5, let shape = integers(parts[1]),
            let code = dataType(parts[2]), case .bool(let isFortran) = self[parts[3]], let data = data(parts[4]),
            let values = Self.values(data, as: code), shape.allSatisfy({ 1...values.count ~= $0 }),
            shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == values.count
        else { return nil }
        guard isFortran else { return values }
        guard shape.count == 2 else { return nil }
        return (0..<values.count).map { values[$0 % shape[1] * shape[0] + $0 / shape[1]] }
    }

    /// The code of a little-endian `numpy.dtype`, such as `f8`.
    private func dataType(_ reference: Reference) -> String? {
        guard let arguments = arguments(of: reference, calling: "numpy.dtype"), let first = arguments.first, let code = text(first),
            let state = states[reference], let parts = sequence(state), parts.count >= 2, let order = text(parts[1])
        else { return nil }
        return order == "<" || order == "|" ? code : nil
    }

    private static func values(_ data: [UInt8], as code: String) -> [Double]? {
        func load<T: BitwiseCopyable>(_ type: T.Type, _ convert: (T) -> Double) -> [Double]? {
            let size = MemoryLayout<T>.size
            guard data.count % size == 0 else { return nil }
            let bytes = data.span.bytes
            return stride(from: 0, to: data.count, by: size).map { convert(bytes.unsafeLoadUnaligned(fromByteOffset: $0, as: T.self)) }
        }
        return switch code {
        case "f8": load(Double.self) { $0 }
        case "f4": load(Float.self) { Double($0) }
        case "i8": load(Int64.self) { Double($0) }
        case "i4": load(Int32.self) { Double($0) }
        case "i2": load(Int16.self) { Double($0) }
        case "i1": load(Int8.self) { Double($0) }
        case "u8": load(UInt64.self) { Double($0) }
        case "u4": load(UInt32.self) { Double($0) }
        case "u2": load(UInt16.self) { Double($0) }
        case "u1", "b1": load(UInt8.self) { Double($0) }
        default: nil
        }
    }
}
