package import Plans

/// What of a model decides how a case is prepared and exported.
package struct ModelFacts: Sendable {
    /// Axis order and intensities.
    package let plans: Plans
    /// Patch, spacing and resampling.
    package let configuration: PlansConfiguration
    /// What the network's channels mean.
    package let labels: LabelScheme

    /// Joins the three.
    package init(plans: Plans, configuration: PlansConfiguration, labels: LabelScheme) {
        self.plans = plans
        self.configuration = configuration
        self.labels = labels
    }

    /// The spacings of the network's grid and of the case in the network's axis order, (z, y, x) mm.
    package func spacings(of properties: CaseProperties) -> (network: [Double], original: [Double]) {
        let original = plans.transposeForward.map { properties.spacing[$0] }
        return (configuration.networkSpacing(original: original), original)
    }
}
