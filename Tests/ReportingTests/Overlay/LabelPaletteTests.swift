import Foundation
import Reporting
import Testing

@Suite struct LabelPaletteTests {
    /// What a kind of colour vision makes of linear RGB (Machado, Oliveira, Fernandes 2009, severity 1).
    static let visions: [String: [[Double]]] = [
        "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]

    /// CIELAB (D65) of a colour as a kind of vision sees it.
    private static func lab(_ color: OverlayColor, _ vision: [[Double]]) -> SIMD3<Double> {
        let linear = [color.red, color.green, color.blue].map { channel -> Double in
            let value = Double(channel) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        let seen = vision.map { row in min(1, max(0, zip(row, linear).map { $0 * $1 }.reduce(0, +))) }
        let matrix = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
        let white = [0.95047, 1, 1.08883]
        let f = (0..<3).map { row -> Double in
            let value = zip(matrix[row], seen).map { $0 * $1 }.reduce(0, +) / white[row]
            return value > 0.008856 ? cbrt(value) : 7.787 * value + 16.0 / 116
        }
        return SIMD3(116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2]))
    }

    private static func leastDistance(_ colors: [OverlayColor], _ vision: [[Double]]) -> Double {
        let labs = colors.map { lab($0, vision) }
        var least = Double.infinity
        for first in labs.indices {
            for second in labs[..<first] {
                let difference = labs[first] - second
                least = min(least, (difference * difference).sum().squareRoot())
            }
        }
        return least
    }

    @Test func `200 labels have 200 colours`() {
        #expect(Set((1...200).map { LabelPalette.color(of: $0) }).count == 200)
        #expect(LabelPalette.color(of: 201) == LabelPalette.color(of: 1))
    }

    @Test(arguments: visions.keys.sorted()) func `the first eight colours are told apart by everyone`(vision: String) throws {
        let matrix = try #require(Self.visions[vision])
        let colors = (1...8).map { LabelPalette.color(of: $0) }
        #expect(Self.leastDistance(colors, matrix) > 22)
    }

    @Test(arguments: visions.keys.sorted()) func `the first sixteen are told apart side by side`(vision: String) throws {
        let matrix = try #require(Self.visions[vision])
        #expect(Self.leastDistance((1...16).map { LabelPalette.color(of: $0) }, matrix) > 14)
    }

    @Test func `no colour is lost on a dark or grey picture`() throws {
        let normal = try #require(Self.visions["normal"])
        for value in 1...200 {
            let lab = Self.lab(LabelPalette.color(of: value), normal)
            #expect(lab.x > 44, "label \(value) is dark")
            #expect((lab.y * lab.y + lab.z * lab.z).squareRoot() > 27, "label \(value) is grey")
        }
    }
}
