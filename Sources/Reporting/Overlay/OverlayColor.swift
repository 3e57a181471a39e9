/// An opaque sRGB colour.
package struct OverlayColor: Sendable, Hashable {
    /// 0 to 255.
    package let red: UInt8
    /// 0 to 255.
    package let green: UInt8
    /// 0 to 255.
    package let blue: UInt8

    /// Splits 0xRRGGBB.
    package init(_ hexadecimal: UInt32) {
        red = UInt8(hexadecimal >> 16 & 0xFF)
        green = UInt8(hexadecimal >> 8 & 0xFF)
        blue = UInt8(hexadecimal & 0xFF)
    }

    /// 0xRRGGBB.
    var hexadecimal: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

    package static let background = OverlayColor(0x0C0F13)
    static let panel = OverlayColor(0x000000)
    static let panelEdge = OverlayColor(0x22272E)
    static let text = OverlayColor(0xECEFF3)
    static let dimText = OverlayColor(0x97A1AD)
    static let letter = OverlayColor(0xC6CED8)
    package static let notice = OverlayColor(0xFFC857)
}
