/// How far a series may be from a perfect grid and still be taken as one. DICOM writes numbers in at most 16 characters, and many
/// scanners round more coarsely than that.
package enum DICOMTolerance {
    /// Largest difference of a slice's direction cosines from the median of its series: a unit of the third decimal, which moves the far
    /// corner of an image of 512 pixels by half a pixel.
    package static let directionCosine = 1e-3
    /// Largest difference of direction cosines up to which slices are looked at as one stack at all, 5 degrees; a scout differs by more.
    static let stackAngle = 0.087
    /// Largest deviation of the row and column directions from unit length, and of their scalar product from 0; GDCM's rule.
    package static let orthonormality = 1e-3
    /// The same for directions that are written with two or three decimals, and the largest angle (radians) between their normal and the
    /// line of the slices, both in units of the last decimal: rounding moves each component by half a unit, 1 degree at two decimals.
    package static let roundedDirection = 1.75
    /// Largest relative difference of the pixel spacings of one series.
    package static let relativePixelSpacing = 1e-4
    /// Largest relative difference of pixel spacings up to which slices are looked at as one stack at all.
    static let stackPixelSpacing = 0.01
    /// Largest distance of a slice from its place on the grid, along the normal: mm, and never more than this part of the spacing.
    package static let slicePosition = (millimetres: 0.1, partOfSpacing: 0.1)
    /// Largest angle between the line through the slices and their normal, degrees; gantries tilt in steps of half a degree.
    package static let tilt = 0.1
    /// Largest sideways distance of a slice from the line along the normal, as a part of the smaller pixel spacing.
    package static let sidewaysPartOfPixel = 0.5

    /// The tolerance along the normal for slices at a spacing, mm.
    static func slicePosition(spacing: Double) -> Double {
        min(slicePosition.millimetres, slicePosition.partOfSpacing * spacing)
    }
}
