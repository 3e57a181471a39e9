/// The logits of a case, or their sums while patches are being added.
///
/// Memory is taken page by page when it is written first, and given back where it is released. One thread at a time may write a place, and
/// none may read it meanwhile; whoever moves the network over the case sees to that.
package final class LogitVolume: @unchecked Sendable {  // see above
    /// Where what lies.
    package let layout: LogitLayout
    /// As `layout` says; zero where nothing was written.
    package let buffer: FloatBuffer

    /// All zero.
    ///
    /// - Returns: nil where the system does not give the addresses.
    package init?(_ layout: LogitLayout) {
        guard let buffer = FloatBuffer(zeroPages: layout.count) else { return nil }
        self.layout = layout
        self.buffer = buffer
    }

    /// (heads, z, y, x).
    package var shape: [Int] { [layout.heads] + layout.image }

    /// One logit.
    package subscript(head: Int, z: Int, y: Int, x: Int) -> Float {
        get { buffer[index(head, z, y, x)] }
        set { buffer.unsafeStorage[index(head, z, y, x)] = newValue }
    }

    private func index(_ head: Int, _ z: Int, _ y: Int, _ x: Int) -> Int {
        precondition((0..<layout.heads).contains(head) && zip([z, y, x], layout.image).allSatisfy { (0..<$1).contains($0) })
        return layout.start(head: head, z: z, y: y) + x
    }

    /// Lends the team the rows of all heads at the places `inner` of one slice of the outer axis, to write: place by place
    /// `layout.placeCount` elements, head by head `layout.headStride`.
    package func forEachPlace(
        outer: Int, inner: Range<Int>, team: ThreadTeam, _ body: (_ inner: Int, _ rows: inout MutableSpan<Float>) -> Void
    ) {
        let start = outer * layout.sliceCount + inner.lowerBound * layout.placeCount
        let places = UnsafeMutableBufferPointer(rebasing: buffer.unsafeStorage[start..<start + inner.count * layout.placeCount])
        var span = MutableSpan(_unsafeElements: places)
        team.forEachPart(of: &span, size: layout.placeCount) { index, rows in body(inner.lowerBound + index, &rows) }
    }

    /// Gives the memory of places back that nobody needs any more.
    package func release(outer: Range<Int>, inner: Range<Int>) {
        guard !inner.isEmpty else { return }
        // Slices that are given back whole lie behind each other.
        if inner == 0..<layout.image[layout.innerAxis] {
            return buffer.release(outer.lowerBound * layout.sliceCount..<outer.upperBound * layout.sliceCount)
        }
        for slice in outer {
            let start = slice * layout.sliceCount
            buffer.release(start + inner.lowerBound * layout.placeCount..<start + inner.upperBound * layout.placeCount)
        }
    }
}
