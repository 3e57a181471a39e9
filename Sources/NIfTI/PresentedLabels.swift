package import Imaging

/// A label map read from a file, in reader order.
package struct PresentedLabels: ~Copyable, Sendable {
    /// (z, y, x) labels on the reader's grid.
    package var labels: LabelMap
    /// nnU-Net's `spacing` property: (z, y, x) mm.
    package let arraySpacing: [Double]
    /// What a writer needs to put labels onto the file's own grid.
    package let source: ImageSource
    /// Repairs that an operator should know.
    package let warnings: [String]

    /// Joins what a reader found.
    package init(labels: consuming LabelMap, grid: PresentedGrid, warnings: [String]) {
        self.labels = labels
        arraySpacing = grid.arraySpacing
        source = grid.source
        self.warnings = warnings
    }

    /// The label map alone, handed over without a copy.
    package consuming func takeLabels() -> LabelMap { labels }
}
