package import Imaging
package import Tensors

/// How far the surfaces of one label or region lie apart in two maps, by DeepMind's definitions (surface-distance): the elements of each
/// surface with their areas and their distances, mm, from the nearest element of the other one.
///
/// Where one map does not have it, every distance is infinite; where neither has it, there is none, and every figure is NaN.
package struct SurfaceDistances: Sendable {
    /// The elements of one surface by distance, those of one distance by area.
    private struct Side: Sendable {
        let distances: [Double]
        let areas: [Double]
        let area: Double

        init(_ distances: [Double], areas: [Double]) {
            let sorted = zip(distances, areas).sorted { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }
            self.distances = sorted.map(\.0)
            self.areas = sorted.map(\.1)
            area = sum(self.areas)
        }

        /// The distance that a part of the area does not exceed.
        func percentile(_ percent: Double) -> Double {
            var total = 0.0
            for (distance, part) in zip(distances, areas) {
                total += part
                if total / area >= percent / 100 { return distance }
            }
            return distances.last ?? .infinity
        }

        /// The area of the elements that are not farther than a tolerance.
        func area(within tolerance: Double) -> Double { sum(zip(distances, areas).filter { $0.0 <= tolerance }.map(\.1)) }

        /// The sum of the distances, each as often as its element has area.
        var moment: Double { sum(zip(distances, areas).map(*)) }
    }

    private let reference: Side
    private let prediction: Side

    /// Measures the distances.
    ///
    /// - Parameters:
    ///   - values: the label values that count together.
    ///   - boxes: where the maps' labels lie.
    ///   - prediction: the map that is judged.
    ///   - reference: the map that it is judged by, of the same size; its spacing counts.
    ///   - ignored: voxels with this reference value belong to neither surface's object; nil for none.
    ///   - team: does the work.
    package init(
        of values: [Int], in boxes: LabelBoxes, _ prediction: borrowing LabelMap, _ reference: borrowing LabelMap,
        ignoring ignored: Int? = nil,
        team: ThreadTeam
    ) {
        guard let box = boxes.box(of: values) else {
            (self.reference, self.prediction) = (Side([], areas: []), Side([], areas: []))
            return
        }
        var isMember = [Bool](repeating: false, count: 1 << 16)
        for value in values where isMember.indices.contains(value) { isMember[value] = true }
        let ignored = ignored.flatMap { UInt16(exactly: $0) }
        var spacing = reference.geometry.spacing
        if reference.geometry.dimension == 2 { spacing.z = 1 }
        let areas = SurfaceElementAreas(spacing: spacing).areas
        let truth = SurfaceElements(reference, isMember, in: box, mask: reference, ignoring: ignored, team: team)
        let found = SurfaceElements(prediction, isMember, in: box, mask: reference, ignoring: ignored, team: team)
        self.reference = Self.side(truth, to: found, areas, spacing, team)
        self.prediction = Self.side(found, to: truth, areas, spacing, team)
    }

    private static func side(
        _ elements: borrowing SurfaceElements, to sites: borrowing SurfaceElements, _ areas: [Double], _ spacing: SIMD3<Double>,
        _ team: ThreadTeam
    ) -> Side {
        let codes = elements.codes.span
        let own = codes.indices.compactMap { SurfaceElements.isSurface(codes[$0]) ? areas[Int(codes[$0])] : nil }
        guard elements.count > 0, sites.count > 0 else { return Side(own.map { _ in .infinity }, areas: own) }
        return Side(SurfaceDistanceField(from: sites, spacing: spacing, team: team).distances(of: elements, team: team), areas: own)
    }

    /// Whether neither map has it.
    private var isNowhere: Bool { reference.distances.isEmpty && prediction.distances.isEmpty }

    /// The largest of all distances, mm: Hausdorff's.
    package var hausdorff: Double { isNowhere ? .nan : max(reference.distances.last ?? .infinity, prediction.distances.last ?? .infinity) }

    /// The distance, mm, that a part of each surface's area does not exceed, for the surface for which it is larger
    /// (`compute_robust_hausdorff`).
    ///
    /// - Parameter percent: from 0 to 100.
    /// - Returns: mm, infinite where one map lacks it, NaN where both do.
    package func hausdorff(percent: Double) -> Double {
        isNowhere ? .nan : max(reference.percentile(percent), prediction.percentile(percent))
    }

    /// The mean distance, mm, of both surfaces' elements, each as often as it has area: average symmetric surface distance.
    package var average: Double { (reference.moment + prediction.moment) / (reference.area + prediction.area) }

    /// The part of both surfaces' area that is not farther from the other one than a tolerance (`compute_surface_dice_at_tolerance`):
    /// normalised surface Dice, 0 to 1.
    ///
    /// - Parameter tolerance: mm.
    /// - Returns: 0 where one map lacks it, NaN where both do.
    package func dice(tolerance: Double) -> Double {
        (reference.area(within: tolerance) + prediction.area(within: tolerance)) / (reference.area + prediction.area)
    }
}
