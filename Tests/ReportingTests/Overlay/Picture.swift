import Imaging
import Reporting
import Tensors

/// An image with its labels, made by formulas.
struct Scene: ~Copyable {
    var image: MultichannelImage
    var labels: LabelMap

    init(_ geometry: ImageGeometry, background: Float = 0) {
        image = MultichannelImage(
            geometry: geometry, channelCount: 1, voxels: Buffer(repeating: background, count: geometry.voxelCount))
        labels = LabelMap(geometry: geometry, repeating: 0)
    }

    /// Sets intensity and label of the voxels for which `isIn` holds, by index (x, y, z).
    mutating func paint(_ intensity: Float, label: UInt16 = 0, where isIn: (SIMD3<Int>) -> Bool) {
        let size = image.geometry.size
        for z in 0..<size.z {
            for y in 0..<size.y {
                for x in 0..<size.x where isIn(SIMD3(x, y, z)) {
                    image.voxels[(z * size.y + y) * size.x + x] = intensity
                    labels[x, y, z] = label
                }
            }
        }
    }

    borrowing func png(
        names: [Int: String] = [:], regions: [LabelRegion] = [], window: IntensityWindow = .fixed(low: 0, high: 100),
        caseName: String = "case", modelName: String = "model"
    ) throws -> PNGImage {
        try renderOverlay(
            image: image, labels: labels,
            request: OverlayRequest(caseName: caseName, modelName: modelName, labelNames: names, regions: regions, window: window))
    }

    borrowing func plan() -> MontagePlan {
        MontagePlan(geometry: image.geometry, survey: LabelSurvey(labels))
    }
}

extension OverlayColor {
    /// Whether it is about `other`, each channel within `tolerance`.
    func isNear(_ other: OverlayColor, tolerance: Int = 24) -> Bool {
        abs(Int(red) - Int(other.red)) <= tolerance && abs(Int(green) - Int(other.green)) <= tolerance
            && abs(Int(blue) - Int(other.blue)) <= tolerance
    }

    /// Whether it is grey.
    var isGrey: Bool { red == green && green == blue }
}

extension PixelImage {
    /// All of it.
    var whole: PixelRectangle { PixelRectangle(x: 0, y: 0, width: width, height: height) }

    /// The mean position, 0 to 1 across and down, of the pixels of a rectangle that a condition holds for.
    func center(in rectangle: PixelRectangle, where isIn: (OverlayColor) -> Bool) -> SIMD2<Double>? {
        var sum = SIMD2<Double>.zero
        var count = 0.0
        for y in rectangle.y..<rectangle.maxY {
            for x in rectangle.x..<rectangle.maxX where isIn(self[x, y]) {
                sum += SIMD2(Double(x - rectangle.x) + 0.5, Double(y - rectangle.y) + 0.5)
                count += 1
            }
        }
        guard count > 0 else { return nil }
        return sum / count / SIMD2(Double(rectangle.width), Double(rectangle.height))
    }

    /// Whether any pixel of a rectangle is exactly of a colour.
    func holds(_ color: OverlayColor, in rectangle: PixelRectangle) -> Bool {
        (rectangle.y..<rectangle.maxY).contains { y in (rectangle.x..<rectangle.maxX).contains { self[$0, y] == color } }
    }
}
