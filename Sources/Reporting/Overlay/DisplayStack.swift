import Imaging

/// A volume as a stack of slices laid out for the screen: column, row and slice positions count in screen order.
struct DisplayStack {
    let geometry: ImageGeometry
    let view: AnatomicalPlaneView
    /// Voxels along columns, rows and slices of the screen.
    let columnCount: Int
    let rowCount: Int
    let sliceCount: Int
    /// Distance of neighbouring columns and rows, mm; what is not a positive number counts as 1.
    let columnSpacing: Double
    let rowSpacing: Double

    init(geometry: ImageGeometry, view: AnatomicalPlaneView) {
        self.geometry = geometry
        self.view = view
        columnCount = geometry.size[view.columns.index]
        rowCount = geometry.size[view.rows.index]
        sliceCount = geometry.size[view.slices.index]
        columnSpacing = Self.usable(geometry.spacing[view.columns.index])
        rowSpacing = Self.usable(geometry.spacing[view.rows.index])
    }

    /// The whole of a slice.
    var whole: Crop { Crop(columns: 0..<columnCount, rows: 0..<rowCount) }

    /// Millimetres across and down of a part of a slice.
    func extent(of crop: Crop) -> SIMD2<Double> {
        SIMD2(Double(crop.columns.count) * columnSpacing, Double(crop.rows.count) * rowSpacing)
    }

    /// Intensities of a part of a slice, black 0 to white 1, row by row; what is not a number is black.
    func intensities(
        of image: borrowing MultichannelImage, channel: Int, slice: Int, crop: Crop, range: ClosedRange<Double>
    ) -> [Float] {
        let voxels = image.voxels.span
        let walk = walk(slice: slice)
        let base = channel * geometry.voxelCount + walk.start
        let low = Float(range.lowerBound)
        let scale = 1 / max(Float(range.upperBound) - low, .leastNormalMagnitude)
        return [Float](unsafeUninitializedCapacity: crop.columns.count * crop.rows.count) { buffer, count in
            for row in crop.rows {
                var offset = base + row * walk.rowStep + crop.columns.lowerBound * walk.columnStep
                for _ in crop.columns {
                    let value = (voxels[unchecked: offset] - low) * scale
                    buffer[count] = value > 0 ? min(value, 1) : 0
                    count += 1
                    offset += walk.columnStep
                }
            }
        }
    }

    /// The labels of a part of a slice, joined into blocks of voxels where the screen is coarser than the grid.
    ///
    /// A block shows the most frequent label other than 0 that it holds, so that nothing is too small to be seen.
    func labels(of map: borrowing LabelMap, slice: Int, crop: Crop, block: SIMD2<Int>) -> LabelRaster {
        let voxels = map.voxels.span
        let walk = walk(slice: slice)
        let width = (crop.columns.count + block.x - 1) / block.x
        let height = (crop.rows.count + block.y - 1) / block.y
        var raster = LabelRaster(width: width, height: height)
        for row in 0..<height {
            for column in 0..<width {
                let rows = crop.rows.lowerBound + row * block.y..<min(crop.rows.lowerBound + (row + 1) * block.y, crop.rows.upperBound)
                let columns =
                    crop.columns.lowerBound + column
                    * block.x..<min(
                        crop.columns.lowerBound + (column + 1) * block.x, crop.columns.upperBound)
                var vote = BlockVote()
                for sourceRow in rows {
                    for sourceColumn in columns {
                        vote.add(voxels[unchecked: walk.start + sourceRow * walk.rowStep + sourceColumn * walk.columnStep])
                    }
                }
                raster[column, row] = vote.winner
            }
        }
        return raster
    }

    /// Where a slice begins in memory and how far neighbouring columns and rows lie apart.
    private func walk(slice: Int) -> (start: Int, columnStep: Int, rowStep: Int) {
        let strides = [1, geometry.size.x, geometry.size.x * geometry.size.y]
        let columnStride = strides[view.columns.index]
        let rowStride = strides[view.rows.index]
        let start =
            view.slices.flipped(slice, count: sliceCount) * strides[view.slices.index]
            + view.columns.flipped(0, count: columnCount) * columnStride + view.rows.flipped(0, count: rowCount) * rowStride
        return (start, view.columns.isReversed ? -columnStride : columnStride, view.rows.isReversed ? -rowStride : rowStride)
    }

    private static func usable(_ spacing: Double) -> Double {
        spacing.isFinite && spacing > 0 ? spacing : 1
    }
}

/// A rectangle of columns and rows of a slice, in screen order.
struct Crop: Equatable {
    var columns: Range<Int>
    var rows: Range<Int>
}

/// The most frequent value other than 0 among a few; of equals, the one that came first.
private struct BlockVote {
    private var single: UInt16 = 0
    private var tallies: [UInt16: Int] = [:]

    mutating func add(_ value: UInt16) {
        guard value != 0, value != single || !tallies.isEmpty else { return }
        if single == 0 {
            single = value
        } else {
            tallies[value, default: 0] += 1
        }
    }

    var winner: UInt16 {
        guard !tallies.isEmpty else { return single }
        return tallies.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? single
    }
}
