import CCairo
import Files
import Foundation

/// A picture being drawn: the only place that touches Cairo for drawing. Coordinates are px, x to the right and y down.
struct Canvas: ~Copyable {
    /// How a text is set.
    struct Style {
        var size: Double
        var isBold = false
        var color = OverlayColor.text
        /// Lays a dark edge around the letters, for text on an image.
        var hasHalo = false
    }

    enum Alignment { case left, center, right }

    let width: Int
    let height: Int
    private let surface: OpaquePointer  // cairo_surface_t, released in deinit
    private let context: OpaquePointer  // cairo_t, released in deinit

    /// An opaque picture of one colour.
    init(width: Int, height: Int, background: OverlayColor) throws(Problem) {
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)),
            let context = cairo_create(surface), cairo_status(context) == CAIRO_STATUS_SUCCESS
        else { throw .drawing(reason: "no picture of \(width) x \(height) px can be made") }
        self.width = width
        self.height = height
        self.surface = surface
        self.context = context
        if let options = cairo_font_options_create() {
            cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
            cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT)
            cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
            cairo_set_font_options(context, options)
            cairo_font_options_destroy(options)
        }
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        use(background)
        cairo_paint(context)
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    /// Fills a rectangle.
    func fill(_ rectangle: PixelRectangle, _ color: OverlayColor, alpha: Double = 1) {
        use(color, alpha: alpha)
        cairo_rectangle(context, Double(rectangle.x), Double(rectangle.y), Double(rectangle.width), Double(rectangle.height))
        cairo_fill(context)
    }

    /// Draws a line of one pixel just around a rectangle.
    func frame(_ rectangle: PixelRectangle, _ color: OverlayColor) {
        use(color)
        cairo_set_line_width(context, 1)
        cairo_rectangle(
            context, Double(rectangle.x) - 0.5, Double(rectangle.y) - 0.5, Double(rectangle.width) + 1, Double(rectangle.height) + 1)
        cairo_stroke(context)
    }

    /// Draws a straight line.
    func line(from start: SIMD2<Double>, to end: SIMD2<Double>, width: Double, _ color: OverlayColor, alpha: Double = 1) {
        use(color, alpha: alpha)
        cairo_set_line_width(context, width)
        cairo_move_to(context, start.x, start.y)
        cairo_line_to(context, end.x, end.y)
        cairo_stroke(context)
    }

    /// Fills a rectangle with grey values, row by row.
    func paint(_ grey: [UInt8], in rectangle: PixelRectangle) {
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { return }
        let stride = Int(cairo_image_surface_get_stride(surface))
        for row in 0..<rectangle.height {
            let line = UnsafeMutableRawPointer(data + (rectangle.y + row) * stride + rectangle.x * 4)
            for column in 0..<rectangle.width {
                line.storeBytes(
                    of: UInt32(grey[row * rectangle.width + column]) * 0x0001_0101, toByteOffset: column * 4, as: UInt32.self)
            }
        }
        cairo_surface_mark_dirty(surface)
    }

    /// Keeps what is drawn until `pop` inside a rectangle.
    func push(clip rectangle: PixelRectangle) {
        cairo_save(context)
        cairo_rectangle(context, Double(rectangle.x), Double(rectangle.y), Double(rectangle.width), Double(rectangle.height))
        cairo_clip(context)
    }

    /// Ends `push(clip:)`.
    func pop() {
        cairo_restore(context)
    }

    /// Fills closed outlines, holes left out.
    func fill(_ outlines: [[SIMD2<Double>]], _ color: OverlayColor, alpha: Double) {
        use(color, alpha: alpha)
        path(outlines)
        cairo_fill(context)
    }

    /// Draws closed outlines; `inside` keeps the line within them, so that neighbours don't cover each other.
    func stroke(_ outlines: [[SIMD2<Double>]], _ color: OverlayColor, alpha: Double = 1, width: Double, inside: Bool) {
        use(color, alpha: alpha)
        path(outlines)
        guard inside else {
            cairo_set_line_width(context, width)
            cairo_stroke(context)
            return
        }
        cairo_save(context)
        cairo_clip_preserve(context)
        cairo_set_line_width(context, 2 * width)
        cairo_stroke(context)
        cairo_restore(context)
    }

    /// Sets a text with its baseline at `point`; returns its width.
    @discardableResult func text(_ text: String, at point: SIMD2<Double>, _ style: Style, _ alignment: Alignment = .left) -> Double {
        let advance = measure(text, style)
        let x =
            switch alignment {
            case .left: point.x
            case .center: point.x - advance / 2
            case .right: point.x - advance
            }
        if style.hasHalo {
            use(OverlayColor.panel, alpha: 0.8)
            cairo_set_line_width(context, 3)
            cairo_move_to(context, x, point.y)
            cairo_text_path(context, printable(text))
            cairo_stroke(context)
        }
        use(style.color)
        cairo_move_to(context, x, point.y)
        cairo_show_text(context, printable(text))
        return advance
    }

    /// How far a text runs, px.
    func measure(_ text: String, _ style: Style) -> Double {
        cairo_select_font_face(
            context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, style.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, style.size)
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, printable(text), &extents)
        return extents.x_advance
    }

    /// The text, or as much of its beginning as fits into `width` px with an ellipsis.
    func shortened(_ text: String, to width: Double, _ style: Style) -> String {
        let characters = Array(text.prefix(400))  // no line of a picture holds more
        if characters.count == text.count, measure(text, style) <= width { return text }
        var fitting = 0
        var tooLong = characters.count + 1
        while tooLong - fitting > 1 {
            let middle = (fitting + tooLong) / 2
            if measure(String(characters[..<middle]) + "…", style) <= width { fitting = middle } else { tooLong = middle }
        }
        return String(characters[..<fitting]) + "…"
    }

    /// Encodes what has been drawn.
    func png() throws(Problem) -> PNGImage {
        try check()
        let sink = ByteSink()
        let status = cairo_surface_write_to_png_stream(
            surface,
            { closure, data, count in
                guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
                let sink = Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
                sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(sink).toOpaque())
        guard status == CAIRO_STATUS_SUCCESS else { throw .drawing(reason: String(cString: cairo_status_to_string(status))) }
        return PNGImage(bytes: sink.bytes, width: width, height: height)
    }

    private func check() throws(Problem) {
        let status = cairo_status(context)
        guard status == CAIRO_STATUS_SUCCESS else { throw .drawing(reason: String(cString: cairo_status_to_string(status))) }
    }

    private func use(_ color: OverlayColor, alpha: Double = 1) {
        cairo_set_source_rgba(context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255, alpha)
    }

    private func path(_ outlines: [[SIMD2<Double>]]) {
        cairo_new_path(context)
        for outline in outlines {
            cairo_new_sub_path(context)
            for point in outline { cairo_line_to(context, point.x, point.y) }
            cairo_close_path(context)
        }
    }

    /// Without control characters, which no font has; Cairo would stop at a NUL. Where no font is installed Cairo draws with strokes of
    /// its own, which know ASCII only.
    private func printable(_ text: String) -> String {
        let hasFont = cairo_scaled_font_get_type(cairo_get_scaled_font(context)) != CAIRO_FONT_TYPE_USER
        let spaced = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        if hasFont { return spaced }
        return Self.plainForms.reduce(spaced) { $0.replacing($1.0, with: $1.1) }
    }

    private static let plainForms = [("×", "x"), ("−", "-"), ("·", "|"), ("…", "..."), ("°", " deg")]

    /// Where Cairo writes to.
    private final class ByteSink {
        var bytes: [UInt8] = []
    }
}
