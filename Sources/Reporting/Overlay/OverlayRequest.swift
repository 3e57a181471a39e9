/// What a picture shall show besides image and labels.
public struct OverlayRequest: Sendable {
    /// The case, as its files are named.
    public var caseName: String
    /// The model or models, in a reader's words.
    public var modelName: String
    /// The name of each label value; a value without one is called "label 7".
    public var labelNames: [Int: String]
    /// The regions that the legend lists instead of label values; empty for a model of exclusive labels.
    public var regions: [LabelRegion]
    /// The intensities from black to white.
    public var window: IntensityWindow
    /// The unit of the intensities, such as "HU"; empty when they have none.
    public var intensityUnit: String
    /// The channel that is shown, from 0.
    public var channel: Int

    /// Collects what the picture shall show.
    public init(
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
