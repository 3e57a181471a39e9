/// A rectangle on the pixel grid.
package struct PixelRectangle: Sendable, Equatable {
    /// Its left column.
    package var x: Int
    /// Its top row.
    package var y: Int
    /// Columns.
    package var width: Int
    /// Rows.
    package var height: Int

    /// Makes a rectangle.
    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The first column right of it.
    package var maxX: Int { x + width }
    /// The first row below it.
    package var maxY: Int { y + height }

    /// The same rectangle elsewhere.
    func moved(by shift: SIMD2<Int>) -> PixelRectangle {
        PixelRectangle(x: x + shift.x, y: y + shift.y, width: width, height: height)
    }
}
