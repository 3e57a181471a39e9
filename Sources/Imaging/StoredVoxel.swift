/// A scalar type as files store it, on its way to float32.
protocol StoredVoxel: BitwiseCopyable {
    /// With the bytes reversed.
    var swapped: Self { get }
    /// Rounded to single precision.
    var float: Float { get }
    /// Rounded to double precision.
    var double: Double { get }
    /// Neither infinite nor NaN.
    var isFinite: Bool { get }
}

extension StoredVoxel where Self: FixedWidthInteger {
    @inline(__always) var swapped: Self { byteSwapped }
    @inline(__always) var float: Float { Float(self) }
    @inline(__always) var double: Double { Double(self) }
    @inline(__always) var isFinite: Bool { true }
}

extension UInt8: StoredVoxel {}
extension Int8: StoredVoxel {}
extension UInt16: StoredVoxel {}
extension Int16: StoredVoxel {}
extension UInt32: StoredVoxel {}
extension Int32: StoredVoxel {}
extension UInt64: StoredVoxel {}
extension Int64: StoredVoxel {}
extension Float: StoredVoxel {
    @inline(__always) var swapped: Float { Float(bitPattern: bitPattern.byteSwapped) }
    @inline(__always) var float: Float { self }
    @inline(__always) var double: Double { Double(self) }
}
extension Double: StoredVoxel {
    @inline(__always) var swapped: Double { Double(bitPattern: bitPattern.byteSwapped) }
    @inline(__always) var float: Float { Float(self) }
    @inline(__always) var double: Double { self }
}
extension Float16: StoredVoxel {
    @inline(__always) var swapped: Float16 { Float16(bitPattern: bitPattern.byteSwapped) }
    @inline(__always) var float: Float { Float(self) }
    @inline(__always) var double: Double { Double(self) }
}
