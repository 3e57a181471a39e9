/// What a picture shall show besides image and labels.
package struct OverlayRequest: Sendable {
    /// The case, as its files are named.
    package var caseName: String
    /// The model or models, in a reader's words.
    package var modelName: String
    /// The name of each label value; a value without one is called "label 7".
    package var labelNames: [Int: String]
    /// The regions that the legend lists instead of label values; empty for a model of exclusive labels.
    package var regions: [LabelRegion]
    /// The intensities from black to white.
    package var window: IntensityWindow
    /// The unit of the intensities, such as "HU"; empty when they have none.
    package var intensityUnit: String
    /// The channel that is shown, from 0.
    package var channel: Int

    /// Collects what the picture shall show.
    package init(
        caseName: String, modelName: String, labelNames: [Int: String], regions: [LabelRegion] = [], window: IntensityWindow,
        intensityUnit: String = "", channel: Int = 0
    ) {
        self.caseName = caseName
        self.modelName = modelName
        self.labelNames = labelNames
        self.regions = regions
        self.window = window
        self.intensityUnit = intensityUnit
        self.channel = channel
    }
}
