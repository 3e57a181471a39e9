import Foundation

/// Numbers as DICOM writes them: a decimal string of at most 16 characters (PS3.5, value representation DS).
enum DICOMDecimal {
    /// The closest text that fits.
    static func text(_ value: Double) -> String {
        for digits in stride(from: 16, through: 1, by: -1) {
            let text = String(format: "%.\(digits)g", value)
            if text.utf8.count <= 16 { return text }
        }
        return "0"
    }

    /// The elements of a vector, separated by backslashes.
    static func text(_ vector: SIMD3<Double>) -> String {
        "\(text(vector.x))\\\(text(vector.y))\\\(text(vector.z))"
    }
}
