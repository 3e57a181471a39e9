import Imaging

/// The list of labels below the panels: a swatch, the name and the volume of each, in columns.
struct OverlayLegend {
    private struct Entry {
        let color: OverlayColor
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
    private static let widestName = 300.0
    private static let noticeHeight = 34
    private static let columnGap = 40

    /// Lays the legend out for a width; `ruler` measures text.
    init(survey: LabelSurvey, geometry: ImageGeometry, names: [Int: String], width: Int, ruler: borrowing Canvas) {
        let isLong = survey.labels.count > 48
        var style = Canvas.Style(size: isLong ? 12.5 : 15)
        style.color = .text
        self.style = style
        rowHeight = isLong ? 21 : 27
        entries = survey.labels.map { label in
            Entry(
                color: LabelPalette.color(of: label.value),
                name: ruler.shortened(OverlayText.name(of: label.value, in: names), to: Self.widestName, style),
                amount: OverlayText.amount(voxels: label.voxelCount, geometry: geometry))
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
        let found = Set(survey.labels.map(\.value))
        let absent = names.keys.filter { !found.contains($0) && $0 != 0 }.sorted().map { OverlayText.name(of: $0, in: names) }
        let dim = Canvas.Style(size: 13)
        missing = absent.isEmpty || isEmpty ? "" : ruler.shortened("not found: " + absent.joined(separator: ", "), to: Double(width), dim)
        height = (isEmpty ? Self.noticeHeight : rows * rowHeight) + (missing.isEmpty ? 0 : 26)
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
            canvas.fill(box, entry.color)
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
