/// The part of an array (channel, z, y, x) that one thread writes: a box of the grid in every channel. Places count from the box's first voxel.
@usableFromInline
package struct MutableBlock<Element: BitwiseCopyable>: ~Copyable, ~Escapable {  // pointer: neighbours of a row need not lie side by side
    @usableFromInline let base: UnsafeMutablePointer<Element>
    /// (channel, z, y, x).
    @usableFromInline let counts: SIMD4<Int>
    /// (channel, z, y, x), elements.
    @usableFromInline let strides: SIMD4<Int>

    /// Lends the box of one block; `base` is the array's first element, and `layout` fits the array.
    @_lifetime(immortal)
    init(_ base: UnsafeMutablePointer<Element>, _ layout: BlockLayout, channelStride: Int, box: [Range<Int>]) {
        let start = (0..<3).reduce(layout.offset) { $0 + box[$1].lowerBound * layout.strides[$1] }
        self.base = base + start
        counts = SIMD4(layout.channels, box[0].count, box[1].count, box[2].count)
        strides = SIMD4(channelStride, layout.strides[0], layout.strides[1], layout.strides[2])
    }

    @inlinable
    func start(_ channel: Int, _ z: Int, _ y: Int) -> UnsafeMutablePointer<Element> {
        precondition(channel >= 0 && channel < counts[0] && z >= 0 && z < counts[1] && y >= 0 && y < counts[2])
        return base + (channel * strides[0] + z * strides[1] + y * strides[2])
    }

    /// One row along x, whose voxels must lie side by side.
    @_lifetime(&self)
    @inlinable
    package mutating func row(channel: Int = 0, z: Int, y: Int) -> MutableSpan<Element> {
        precondition(strides[3] == 1)
        let row = MutableSpan(_unsafeStart: start(channel, z, y), count: counts[3])
        return _overrideLifetime(row, mutating: &self)
    }

    /// Writes one row along x, however its voxels lie: at place x what `value` gives.
    @inlinable
    package mutating func setRow(channel: Int = 0, z: Int, y: Int, to value: (_ x: Int) -> Element) {
        let (target, count, stride) = (start(channel, z, y), counts[3], strides[3])
        if stride == 1 {
            for x in 0..<count { target[x] = value(x) }
        } else {
            for x in 0..<count { target[x * stride] = value(x) }
        }
    }
}
