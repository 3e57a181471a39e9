/// A scalar type as files store it, on its way to float32.
package protocol StoredVoxel: BitwiseCopyable {
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
    @inlinable @inline(__always) package var swapped: Self { byteSwapped }
    @inlinable @inline(__always) package var float: Float { Float(self) }
    @inlinable @inline(__always) package var double: Double { Double(self) }
    @inlinable @inline(__always) package var isFinite: Bool { true }
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
    @inlinable @inline(__always) package var swapped: Float { Float(bitPattern: bitPattern.byteSwapped) }
    @inlinable @inline(__always) package var float: Float { self }
    @inlinable @inline(__always) package var double: Double { Double(self) }
}
extension Double: StoredVoxel {
    @inlinable @inline(__always) package var swapped: Double { Double(bitPattern: bitPattern.byteSwapped) }
    @inlinable @inline(__always) package var float: Float { Float(self) }
    @inlinable @inline(__always) package var double: Double { self }
}
extension Float16: StoredVoxel {
    @inlinable @inline(__always) package var swapped: Float16 { Float16(bitPattern: bitPattern.byteSwapped) }
    @inlinable @inline(__always) package var float: Float { Float(self) }
    @inlinable @inline(__always) package var double: Double { Double(self) }
}
