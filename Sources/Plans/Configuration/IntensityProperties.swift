package import PythonFormats

/// The intensities of the training data's foreground in one channel, which CT normalisation alone uses.
///
/// What plans.json gives as no number is NaN here: with another scheme nnU-Net never looks at it.
package struct IntensityProperties: Sendable, Hashable {
    /// The mean, in the image's unit (HU for CT).
    package let mean: Double
    /// The standard deviation.
    package let std: Double
    /// The 0.5th percentile.
    package let percentile005: Double
    /// The 99.5th percentile.
    package let percentile995: Double

    /// Joins the four numbers.
    package init(mean: Double, std: Double, percentile005: Double, percentile995: Double) {
        self.mean = mean
        self.std = std
        self.percentile005 = percentile005
        self.percentile995 = percentile995
    }

    package init(_ field: JSONField) {
        mean = field.optional("mean").flatMap { try? $0.number() } ?? .nan
        std = field.optional("std").flatMap { try? $0.number() } ?? .nan
        percentile005 = Self.bound(field.optional("percentile_00_5"), open: -.infinity)
        percentile995 = Self.bound(field.optional("percentile_99_5"), open: .infinity)
    }

    /// To NumPy's `clip`, null is no bound.
    private static func bound(_ field: JSONField?, open: Double) -> Double {
        guard let field else { return .nan }
        return field.value == .null ? open : (try? field.number()) ?? .nan
    }

    /// The first number that CT normalisation can't compute with, and what it must be; nil when all are in order.
    package var unusable: (key: String, expected: String, found: Double)? {
        if !mean.isFinite { return ("mean", "a finite number", mean) }
        if !std.isFinite { return ("std", "a finite number", std) }
        if percentile005.isNaN { return ("percentile_00_5", "a number", percentile005) }
        if percentile995.isNaN { return ("percentile_99_5", "a number", percentile995) }
        return nil
    }
}
