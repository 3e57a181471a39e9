/// Where the logits of a case lie in memory: in rows along x, the rows of all heads at one place side by side, the places of one slice of the
/// outer axis one behind the other. What is done with on either side of a slice can so be given back to the system in large pieces.
package struct LogitLayout: Sendable, Hashable {
    /// The network's outputs.
    package let heads: Int
    /// The case's size, (z, y, x).
    package let image: [Int]
    /// 0 (z) or 1 (y): the axis along which a slice's rows lie behind all of the slice before.
    package let outerAxis: Int
    /// Elements between the rows of two heads.
    package let headStride: Int
    /// Elements between neighbours along z.
    package let zStride: Int
    /// Elements between neighbours along y.
    package let yStride: Int

    /// Describes a case of `image` (z, y, x) voxels.
    package init(heads: Int, image: [Int], outerAxis: Int = 0) {
        precondition(image.count == 3 && (0...1).contains(outerAxis))
        self.heads = heads
        self.image = image
        self.outerAxis = outerAxis
        // Whole cache lines; heads a multiple of a page apart would share a few of the cache's sets.
        let row = (image[2] + 15) / 16 * 16
        headStride = row % 1024 == 0 ? row + 16 : row
        let place = heads * headStride
        (zStride, yStride) = outerAxis == 0 ? (image[1] * place, place) : (place, image[0] * place)
    }

    /// 1 or 0: the axis of the places within a slice.
    package var innerAxis: Int { 1 - outerAxis }
    /// The elements of the rows of all heads at one place.
    package var placeCount: Int { heads * headStride }
    /// The elements of a slice of the outer axis.
    package var sliceCount: Int { image[innerAxis] * placeCount }
    /// All elements.
    package var count: Int { image[outerAxis] * sliceCount }

    /// Where a row begins.
    @inlinable
    package func start(head: Int, z: Int, y: Int) -> Int { z * zStride + y * yStride + head * headStride }
}
