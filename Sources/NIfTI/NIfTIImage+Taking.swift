package import Imaging

extension NIfTIImage {
    /// The image alone, handed over without a copy; other modules can't take a noncopyable value apart themselves.
    package consuming func takeImage() -> MultichannelImage { image }
}

extension NIfTILabels {
    /// The label map alone, handed over without a copy.
    package consuming func takeLabels() -> LabelMap { labels }
}
