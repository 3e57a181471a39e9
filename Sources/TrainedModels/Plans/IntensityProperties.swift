/// The intensities of the training data's foreground in one channel, which CT normalisation uses.
public struct IntensityProperties: Sendable, Hashable {
    /// The mean, in the image's unit (HU for CT).
    public let mean: Double
    /// The standard deviation.
    public let std: Double
    /// The 0.5th percentile.
    public let percentile005: Double
    /// The 99.5th percentile.
    public let percentile995: Double

    /// Joins the four numbers.
    public init(mean: Double, std: Double, percentile005: Double, percentile995: Double) {
        self.mean = mean
        self.std = std
        self.percentile005 = percentile005
        self.percentile995 = percentile995
    }

    init(_ field: JSONField) throws(ModelError) {
        mean = try field.required("mean").finite()
        std = try field.required("std").finite()
        percentile005 = try field.required("percentile_00_5").finite()
        percentile995 = try field.required("percentile_99_5").finite()
    }
}
