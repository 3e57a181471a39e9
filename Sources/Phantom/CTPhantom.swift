package import Imaging
import Tensors

/// A synthetic CT of a torso with known labels: liver, two kidneys, spine, an air-filled bowel loop, fat, muscle and the scanner's table.
///
/// A pure function of its seed. The anatomy, HU values, blur and noise follow the recipe that the bundled model was trained on
/// (`make_phantom.py` beside the test fixtures); the draws are this project's own, see `PhantomRandom`.
package struct CTPhantom: ~Copyable, Sendable {
    /// The CT, HU, −1024 to 3071.
    package let image: Volume<Int16>
    /// The truth: 0 background, 1 liver, 2 kidney, 3 spine (without its canal).
    package let labels: LabelMap

    /// The names of the label values.
    package static let labelNames: [Int: String] = [1: "liver", 2: "kidney", 3: "spine"]

    /// Makes the phantom of a seed: 180 × 140 voxels of 1.5 mm, 32 to 66 slices of 2, 2.5 or 3 mm, axes along patient LPS. Some 0.1 s.
    package init(seed: UInt64) {
        var random = PhantomRandom(seed: seed)
        let spacing = SIMD3(1.5, 1.5, random.choice([2, 2.5, 3]))
        let extent = SIMD3(270, 210, random.uniform(96...132))
        let counts = (extent / spacing).rounded(.toNearestOrEven)
        let geometry = ImageGeometry(
            size: SIMD3(Int(counts.x), Int(counts.y), Int(counts.z)), spacing: spacing, origin: SIMD3(-135, -105, -60))

        var density = Buffer<Float>(repeating: -1000, count: geometry.voxelCount)
        var truth = Buffer<UInt16>(repeating: 0, count: geometry.voxelCount)
        TorsoAnatomy(random: &random).paint(geometry: geometry, density: &density, labels: &truth)
        blur(&density, geometry: geometry, sigma: 0.7 / spacing * 1.5)

        var voxels = Buffer<Int16>(uninitializedCount: geometry.voxelCount)
        var target = voxels.mutableSpan
        let source = density.span
        for index in 0..<geometry.voxelCount {
            let value = Double(source[unchecked: index]) + 14 * random.normal()
            target[unchecked: index] = Int16(min(3071, max(-1024, value.rounded(.toNearestOrEven))))
        }
        image = Volume(geometry: geometry, voxels: voxels)
        labels = LabelMap(geometry: geometry, voxels: truth)
    }
}
