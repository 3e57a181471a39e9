/// What `summary.json` says of the surfaces of one label or region, beside nnU-Net's figures.
package struct SurfaceFigures: Sendable, Hashable {
    /// The figures by their keys in `summary.json`, which come after nnU-Net's.
    package enum Figure: String, Sendable, CaseIterable {
        /// Average symmetric surface distance.
        case average = "surface_ASSD_mm"
        /// Hausdorff's distance of 95 % of each surface.
        case hausdorff95 = "surface_HD95_mm"
        /// Hausdorff's distance.
        case hausdorff = "surface_HD_mm"
        /// Normalised surface Dice.
        case dice = "surface_NSD"
    }

    private let values: [Figure: Double]

    /// Takes the figures of measured distances.
    ///
    /// - Parameters:
    ///   - distances: of both surfaces.
    ///   - tolerance: of the surface Dice, mm.
    package init(_ distances: SurfaceDistances, tolerance: Double) {
        values = [
            .average: distances.average, .hausdorff95: distances.hausdorff(percent: 95), .hausdorff: distances.hausdorff,
            .dice: distances.dice(tolerance: tolerance),
        ]
    }

    /// One figure; NaN where neither map has the label, infinite distances where one has not.
    package subscript(figure: Figure) -> Double { values[figure] ?? .nan }
}
