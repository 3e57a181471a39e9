import Files
import Imaging

/// Draws a planned picture.
struct OverlayRenderer {
    let plan: MontagePlan
    let request: OverlayRequest
    let range: ClosedRange<Double>
    let survey: LabelSurvey

    private static let legendGap = 22
    private static let fillAlpha = 0.26
    private static let line = 1.5
    private static let wideLine = 2.0
    /// A panel with a longer side, px, gets wider lines.
    private static let largePanel = 620
    private static let markLength = 9.0
    /// A dark edge outside of the lines, for images that are as bright as these.
    private static let casingAlpha = 0.45
    /// With more labels than this on one slice, outlines are drawn across their borders, which costs less.
    private static let insideLimit = 24

    /// The finished picture.
    func render(image: borrowing MultichannelImage, labels: borrowing LabelMap) throws(Problem) -> PNGImage {
        let ruler = try Canvas(width: 1, height: 1, background: .background)
        let legend = OverlayLegend(
            survey: survey, geometry: image.geometry, names: request.labelNames, regions: request.regions, width: plan.contentWidth,
            ruler: ruler)
        let canvas = try Canvas(
            width: plan.contentWidth + 2 * MontagePlan.margin,
            height: plan.panelsEnd + Self.legendGap + legend.height + MontagePlan.margin, background: .background)
        drawHeader(on: canvas, geometry: image.geometry)
        for panel in plan.panels { draw(panel, on: canvas, image: image, labels: labels) }
        legend.draw(on: canvas, x: MontagePlan.margin, y: plan.panelsEnd + Self.legendGap)
        return try canvas.png()
    }

    private func drawHeader(on canvas: borrowing Canvas, geometry: ImageGeometry) {
        let title = Canvas.Style(size: 24, isBold: true)
        let subtitle = Canvas.Style(size: 15, color: .dimText)
        let facts = Canvas.Style(size: 14, color: .dimText)
        let left = Double(MontagePlan.margin)
        let right = left + Double(plan.contentWidth)
        let grid = OverlayText.grid(geometry)
        let window = OverlayText.window(range, unit: request.intensityUnit)
        canvas.text(grid, at: SIMD2(right, 42), facts, .right)
        canvas.text(window, at: SIMD2(right, 65), facts, .right)
        let room = right - left - max(canvas.measure(grid, facts), canvas.measure(window, facts)) - 32
        canvas.text(canvas.shortened(request.caseName, to: room, title), at: SIMD2(left, 42), title)
        canvas.text(canvas.shortened(request.modelName, to: room, subtitle), at: SIMD2(left, 65), subtitle)
    }

    private func draw(
        _ panel: OverlayPanel, on canvas: borrowing Canvas, image: borrowing MultichannelImage, labels: borrowing LabelMap
    ) {
        let rectangle = panel.rectangle
        canvas.paint(panel.greyPixels(of: image, channel: request.channel, range: range), in: rectangle)
        let outlines = panel.outlines(of: labels)
        let lineWidth = max(rectangle.width, rectangle.height) > Self.largePanel ? Self.wideLine : Self.line
        let isInside = outlines.count <= Self.insideLimit
        canvas.push(clip: rectangle)
        for (_, contours) in outlines {
            canvas.stroke(contours, .panel, alpha: Self.casingAlpha, width: lineWidth + 1.5, inside: false)
        }
        for (label, contours) in outlines {
            canvas.fill(contours, LabelPalette.color(of: Int(label)), alpha: Self.fillAlpha)
        }
        for (label, contours) in outlines {
            let color = LabelPalette.color(of: Int(label))
            let (large, small) = Self.partition(contours)
            canvas.stroke(large, color, width: lineWidth, inside: isInside)
            canvas.stroke(small, color, width: lineWidth, inside: false)
        }
        canvas.pop()
        drawMarks(panel, on: canvas)
        drawWords(panel, on: canvas)
        canvas.frame(rectangle, .panelEdge)
    }

    /// Outlines too small to hold a line within them are set apart; holes stay with the large ones.
    private static func partition(
        _ contours: [LabelRaster.Contour]
    ) -> (large: [LabelRaster.Contour], small: [LabelRaster.Contour]) {
        var large: [LabelRaster.Contour] = []
        var small: [LabelRaster.Contour] = []
        for contour in contours {
            var area = 0.0
            for index in contour.indices {
                let next = contour[(index + 1) % contour.count]
                area += (contour[index].x * next.y - next.x * contour[index].y) / 2
            }
            if (0..<25).contains(area) { small.append(contour) } else { large.append(contour) }
        }
        return (large, small)
    }

    /// Short lines at the edges of a panel where the other planes lie.
    private func drawMarks(_ panel: OverlayPanel, on canvas: borrowing Canvas) {
        let left = Double(panel.rectangle.x) + panel.offset.x
        let top = Double(panel.rectangle.y) + panel.offset.y
        let size = panel.stack.extent(of: panel.crop) * panel.scale
        let length = Self.markLength
        for mark in panel.rowMarks {
            let y = top + mark * panel.scale
            canvas.line(from: SIMD2(left, y), to: SIMD2(left + length, y), width: 1, .text, alpha: 0.75)
            canvas.line(from: SIMD2(left + size.x - length, y), to: SIMD2(left + size.x, y), width: 1, .text, alpha: 0.75)
        }
        for mark in panel.columnMarks {
            let x = left + mark * panel.scale
            canvas.line(from: SIMD2(x, top), to: SIMD2(x, top + length), width: 1, .text, alpha: 0.75)
            canvas.line(from: SIMD2(x, top + size.y - length), to: SIMD2(x, top + size.y), width: 1, .text, alpha: 0.75)
        }
    }

    /// Plane, position, the letters of the patient's directions and a scale.
    private func drawWords(_ panel: OverlayPanel, on canvas: borrowing Canvas) {
        guard plan.isAnatomical else { return }
        let rectangle = panel.rectangle
        let caption = Canvas.Style(size: 12, hasHalo: true)
        let letter = Canvas.Style(size: 12, isBold: true, color: .letter, hasHalo: true)
        let left = Double(rectangle.x) + 8
        let right = Double(rectangle.maxX) - 8
        let top = Double(rectangle.y) + 18
        let bottom = Double(rectangle.maxY) - 9
        let middle = SIMD2(Double(rectangle.x) + Double(rectangle.width) / 2, Double(rectangle.y) + Double(rectangle.height) / 2)
        let words = panel.isPlaneNamed ? panel.stack.view.plane.rawValue + "  " + panel.caption : panel.caption
        let clear = left + (panel.rowMarks.isEmpty ? 0 : Self.markLength)
        let captionEnd = clear + canvas.text(canvas.shortened(words, to: right - clear, caption), at: SIMD2(clear, top), caption)
        let view = panel.stack.view
        canvas.text(view.columns.towards.opposite.rawValue, at: SIMD2(left, middle.y + 4), letter)
        canvas.text(view.columns.towards.rawValue, at: SIMD2(right, middle.y + 4), letter, .right)
        if captionEnd + 12 < middle.x {
            canvas.text(view.rows.towards.opposite.rawValue, at: SIMD2(middle.x, top), letter, .center)
        }
        canvas.text(view.rows.towards.rawValue, at: SIMD2(middle.x, bottom), letter, .center)
        if panel.hasScaleBar { drawScaleBar(panel, on: canvas, from: SIMD2(clear, bottom), limit: middle.x - 16 - clear) }
    }

    /// A bar of a round number of millimetres, at most `limit` px long with its text.
    private func drawScaleBar(_ panel: OverlayPanel, on canvas: borrowing Canvas, from start: SIMD2<Double>, limit: Double) {
        let style = Canvas.Style(size: 11, hasHalo: true)
        let lengths = [200.0, 100, 50, 20, 10, 5, 2, 1]
        for length in lengths where length * panel.scale <= 0.3 * Double(panel.rectangle.width) {
            let text = OverlayText.short(length) + " mm"
            let end = start + SIMD2(length * panel.scale, -4)
            guard length * panel.scale >= 12, length * panel.scale + 6 + canvas.measure(text, style) <= limit else { return }
            canvas.line(from: start + SIMD2(-1, -4), to: end + SIMD2(1, 0), width: 4, .panel, alpha: 0.8)
            canvas.line(from: start + SIMD2(0, -4), to: end, width: 2, .text)
            canvas.text(text, at: end + SIMD2(6, 4), style)
            return
        }
    }
}
