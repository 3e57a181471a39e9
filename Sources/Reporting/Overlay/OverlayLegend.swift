import Imaging

/// The list of labels below the panels: a swatch, the name and the volume of each, in columns. A region is listed as a whole, with the
/// colours of all its values and these values behind its name.
struct OverlayLegend {
    private struct Entry {
        let colors: [OverlayColor]
        let name: String
        let amount: String
    }

    /// One column: where it begins and how wide it is, px.
    private struct Column {
        let x: Int
        let width: Int
    }

    let height: Int
    private let entries: [Entry]
    private let missing: String
    private let columns: [Column]
    private let rows: Int
    private let rowHeight: Int
    private let style: Canvas.Style
    private let isEmpty: Bool

    private static let swatch = 14
    /// A swatch shows at most so many colours.
    private static let mostColors = 7
    private static let widestName = 300.0
    private static let noticeHeight = 34
    private static let columnGap = 40

    /// Lays the legend out for a width; `ruler` measures text.
    init(
        survey: LabelSurvey, geometry: ImageGeometry, names: [Int: String], regions: [LabelRegion], width: Int, ruler: borrowing Canvas
    ) {
        let listed = Self.listed(survey, names: names, regions: regions)
        let isLong = listed.found.count > 48
        var style = Canvas.Style(size: isLong ? 12.5 : 15)
        style.color = .text
        self.style = style
        rowHeight = isLong ? 21 : 27
        entries = listed.found.map { region in
            Entry(
                colors: region.values.prefix(Self.mostColors).map { LabelPalette.color(of: $0) },
                name: ruler.shortened(region.name, to: Self.widestName, style),
                amount: OverlayText.amount(voxels: region.voxelCount(in: survey), geometry: geometry))
        }
        let lineWidths = entries.map { entry in
            Self.swatch + 10 + Int((ruler.measure(entry.name, style) + 16 + ruler.measure(entry.amount, style)).rounded(.up))
        }
        var rows = 0
        var columns: [Column] = []
        repeat {
            rows += 1
            columns = []
            for start in stride(from: 0, to: entries.count, by: rows) {
                let x = columns.last.map { $0.x + $0.width + Self.columnGap } ?? 0
                columns.append(Column(x: x, width: lineWidths[start..<min(start + rows, entries.count)].max() ?? 0))
            }
        } while (columns.last.map { $0.x + $0.width } ?? 0) > width && columns.count > 1
        self.rows = rows
        self.columns = columns
        isEmpty = survey.labels.isEmpty
        let dim = Canvas.Style(size: 13)
        missing =
            listed.absent.isEmpty || isEmpty
            ? "" : ruler.shortened("not found: " + listed.absent.joined(separator: ", "), to: Double(width), dim)
        height = (isEmpty ? Self.noticeHeight : rows * rowHeight) + (missing.isEmpty ? 0 : 26)
    }

    /// What the legend lists, and the names of what the image does not show. Values that belong to no region follow the regions.
    private static func listed(
        _ survey: LabelSurvey, names: [Int: String], regions: [LabelRegion]
    ) -> (found: [LabelRegion], absent: [String]) {
        let present = Set(survey.labels.map(\.value))
        let inRegions = Set(regions.flatMap(\.values))
        let labels = present.union(names.keys).subtracting(inRegions).filter { $0 != 0 }.sorted().map { value in
            LabelRegion(name: OverlayText.name(of: value, in: names), values: [value])
        }
        let named = regions.map { region in
            LabelRegion(name: region.name + "  (" + region.values.map(String.init).joined(separator: " + ") + ")", values: region.values)
        }
        let isFound = { (region: LabelRegion) in region.values.contains { present.contains($0) } }
        let absent = regions.filter { !isFound($0) }.map(\.name) + labels.filter { !isFound($0) }.map(\.name)
        return (named.filter(isFound) + labels.filter(isFound), absent)
    }

    /// Draws the legend with its upper left corner at (x, y).
    func draw(on canvas: borrowing Canvas, x: Int, y: Int) {
        if isEmpty {
            let notice = Canvas.Style(size: 19, isBold: true, color: .notice)
            let advance = canvas.text("No label found", at: SIMD2(Double(x), Double(y) + 20), notice)
            canvas.text(
                "the model marked no voxel of this image", at: SIMD2(Double(x) + advance + 14, Double(y) + 20),
                Canvas.Style(size: 15, color: .dimText))
        }
        for (index, entry) in entries.enumerated() {
            let column = columns[index / rows]
            let left = x + column.x
            let top = y + index % rows * rowHeight
            let baseline = Double(top) + style.size
            let box = PixelRectangle(x: left, y: Int(baseline) - Self.swatch + 2, width: Self.swatch, height: Self.swatch)
            for (index, color) in entry.colors.enumerated() {
                let (start, end) = (box.width * index / entry.colors.count, box.width * (index + 1) / entry.colors.count)
                canvas.fill(PixelRectangle(x: box.x + start, y: box.y, width: end - start, height: box.height), color)
            }
            canvas.text(entry.name, at: SIMD2(Double(left + Self.swatch + 10), baseline), style)
            var amountStyle = style
            amountStyle.color = .dimText
            canvas.text(entry.amount, at: SIMD2(Double(left + column.width), baseline), amountStyle, .right)
        }
        if !missing.isEmpty {
            canvas.text(missing, at: SIMD2(Double(x), Double(y + height) - 6), Canvas.Style(size: 13, color: .dimText))
        }
    }
}
