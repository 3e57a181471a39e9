public import Imaging

extension ExportedCase {
    /// The labels alone as an image on the grid they were predicted for, handed over without a copy.
    public consuming func takeLabels(_ geometry: ImageGeometry) -> LabelMap { labels.labelMap(geometry) }
}
