import Glibc
import Imaging
import Tensors

/// The organs of one phantom: where they lie (mm from the volume's centre, patient LPS) and their HU.
struct TorsoAnatomy {
    /// An ellipsoid, turned about the patient's long axis.
    struct Ellipsoid {
        let center: SIMD3<Double>
        let radii: SIMD3<Double>
        let cosine: Double
        let sine: Double

        init(center: SIMD3<Double>, radii: SIMD3<Double>, angle: Double = 0) {
            self.center = center
            self.radii = radii
            cosine = cos(angle)
            sine = sin(angle)
        }

        func contains(_ point: SIMD3<Double>) -> Bool {
            let offset = point - center
            let turned = SIMD3(sine * offset.y + cosine * offset.x, cosine * offset.y - sine * offset.x, offset.z) / radii
            return (turned * turned).sum() <= 1
        }
    }

    /// An elliptic or round column along the patient's long axis.
    struct Column {
        let center: SIMD2<Double>
        let radii: SIMD2<Double>

        func contains(_ point: SIMD3<Double>) -> Bool {
            let offset = (SIMD2(point.x, point.y) - center) / radii
            return (offset * offset).sum() <= 1
        }
    }

    let skin: Column
    let muscle: Column
    let muscleDensity: Float
    let bowel: Ellipsoid
    let liver: Ellipsoid
    let liverDensity: Float
    let kidneys: [Ellipsoid]
    let kidneyDensities: [Float]
    let spine: Column
    let spineDensity: Float
    let canal: Column

    /// Draws the anatomy of one phantom.
    init(random: inout PhantomRandom) {
        let radii = SIMD2(120 + random.jitter(10), 88 + random.jitter(8))
        skin = Column(center: .zero, radii: radii)
        muscle = Column(center: .zero, radii: radii - SIMD2(16, 14))
        muscleDensity = Float(40 + random.jitter(8))
        bowel = Ellipsoid(
            center: SIMD3(20 + random.jitter(10), -30 + random.jitter(8), random.jitter(20)),
            radii: SIMD3(26 + random.jitter(5), 16 + random.jitter(3), 18 + random.jitter(4)))
        liver = Ellipsoid(
            center: SIMD3(-52 + random.jitter(8), -12 + random.jitter(6), 12 + random.jitter(8)),
            radii: SIMD3(44 + random.jitter(5), 40 + random.jitter(5), 42 + random.jitter(6)), angle: random.jitter(0.3))
        liverDensity = Float(105 + random.jitter(10))
        var kidneys: [Ellipsoid] = []
        var kidneyDensities: [Float] = []
        for side in [-1.0, 1.0] {
            kidneys.append(
                Ellipsoid(
                    center: SIMD3(side * (52 + random.jitter(6)), 36 + random.jitter(5), -14 + random.jitter(8)),
                    radii: SIMD3(17 + random.jitter(2), 15 + random.jitter(2), 32 + random.jitter(4)), angle: random.jitter(0.4)))
            kidneyDensities.append(Float(170 + random.jitter(12)))
        }
        self.kidneys = kidneys
        self.kidneyDensities = kidneyDensities
        let center = SIMD2(random.jitter(3), 58 + random.jitter(3))
        spine = Column(center: center, radii: SIMD2(repeating: 19 + random.jitter(2)))
        spineDensity = Float(420 + random.jitter(40))
        canal = Column(center: center + SIMD2(0, 8), radii: SIMD2(repeating: 6))
    }

    /// The HU and the label at a point; where organs overlap, bowel goes before liver, liver before kidneys, these before the spine.
    func tissue(at point: SIMD3<Double>) -> (density: Float, label: UInt16) {
        guard skin.contains(point) else {
            let onTable = abs(point.y - skin.radii.y - 10) < 3 && abs(point.x) < 130
            return (onTable ? 250 : -1000, 0)
        }
        let inBowel = bowel.contains(point)
        guard muscle.contains(point) else { return (inBowel ? -700 : -90, 0) }
        if !inBowel, liver.contains(point) { return (liverDensity, 1) }
        if let second = kidneys.lastIndex(where: { $0.contains(point) }) { return (kidneyDensities[second], 2) }
        if spine.contains(point) { return canal.contains(point) ? (30, 0) : (spineDensity, 3) }
        return (inBowel ? -700 : muscleDensity, 0)
    }

    /// Writes HU and labels of every voxel; the middle of the grid is the anatomy's origin.
    func paint(geometry: ImageGeometry, density: inout Buffer<Float>, labels: inout Buffer<UInt16>) {
        let center = (SIMD3<Double>(geometry.size) - 1) / 2
        var densities = density.mutableSpan
        var values = labels.mutableSpan
        var index = 0
        for z in 0..<geometry.size.z {
            for y in 0..<geometry.size.y {
                for x in 0..<geometry.size.x {
                    let point = (SIMD3(Double(x), Double(y), Double(z)) - center) * geometry.spacing
                    (densities[unchecked: index], values[unchecked: index]) = tissue(at: point)
                    index += 1
                }
            }
        }
    }
}
