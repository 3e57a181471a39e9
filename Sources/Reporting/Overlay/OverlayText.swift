import Foundation
package import Imaging

/// The words and numbers on a picture.
package enum OverlayText {
    /// Where a slice lies in the patient: "S 34.5 mm" is 34.5 mm towards the head from the scanner's origin.
    static func position(of slice: Int, in stack: DisplayStack) -> String {
        let axis = stack.view.slices
        var index = (SIMD3<Double>(stack.geometry.size) - 1) / 2
        index[axis.index] = Double(axis.flipped(slice, count: stack.sliceCount))
        let patientAxis = axis.towards.patientAxis
        let position = stack.geometry.physicalPoint(of: index)[patientAxis]
        guard position.isFinite else { return "" }
        let letter = AnatomicalDirection(patientAxis: patientAxis, isPositive: position >= 0).rawValue
        return letter + " " + number(abs(position), decimals: 1) + " mm"
    }

    /// A label's name, or its value in words.
    package static func name(of value: Int, in names: [Int: String]) -> String {
        guard let name = names[value], !name.isEmpty else { return "label \(value)" }
        return name
    }

    /// A volume with about three significant digits; a planar image has pixels only.
    package static func amount(voxels: Int, geometry: ImageGeometry) -> String {
        guard geometry.dimension == 3 else { return "\(voxels) px" }
        let millilitres = Double(voxels) * geometry.voxelVolume / 1000
        guard millilitres.isFinite else { return "\(voxels) voxels" }
        let decimals = millilitres < 0.1 ? 3 : millilitres < 10 ? 2 : millilitres < 1000 ? 1 : 0
        return number(millilitres, decimals: decimals) + " mL"
    }

    /// Size, spacing and obliquity of a grid.
    package static func grid(_ geometry: ImageGeometry) -> String {
        let axes = 0..<geometry.dimension
        let size = axes.map { String(geometry.size[$0]) }.joined(separator: " × ")
        let spacing = axes.map { short(geometry.spacing[$0]) }.joined(separator: " × ")
        var text = size + (geometry.dimension == 3 ? " voxels" : " px")
        if geometry.dimension == 3 { text += "  ·  " + spacing + " mm" }
        let obliquity = geometry.obliquity
        if geometry.dimension == 3, obliquity.isFinite, obliquity >= 2 { text += "  ·  oblique by " + number(obliquity, decimals: 0) + "°" }
        return text
    }

    /// Which intensities are black and white.
    package static func window(_ range: ClosedRange<Double>, unit: String) -> String {
        let width = range.upperBound - range.lowerBound
        let decimals = width >= 20 ? 0 : width >= 1 ? 2 : 4
        let text = "window " + number(range.lowerBound, decimals: decimals) + " to " + number(range.upperBound, decimals: decimals)
        return unit.isEmpty ? text : text + " " + unit
    }

    /// At most three decimals, none that are zero.
    package static func short(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        var text = number(value, decimals: 3)
        while text.contains("."), text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// With a true minus sign and a point, whatever the locale.
    package static func number(_ value: Double, decimals: Int) -> String {
        let text = String(format: "%.\(decimals)f", value)
        guard text.hasPrefix("-") else { return text }
        return text.contains { "123456789".contains($0) } ? "−" + text.dropFirst() : String(text.dropFirst())
    }
}
