public import Imaging
public import Plans
public import Tensors

/// nnU-Net's postprocessing: for each step only the largest connected component of a union of labels stays.
public struct Postprocessor: Sendable {
    /// The steps in their order.
    public let recipe: PostprocessingRecipe

    /// Takes the steps of a `postprocessing.pkl` or `.json`.
    public init(recipe: PostprocessingRecipe) {
        self.recipe = recipe
    }

    /// Applies every step (`remove_all_but_largest_component_from_segmentation`).
    ///
    /// Components connect across faces, edges and corners; of several largest ones all stay; removed voxels get the step's background.
    public func apply(_ labels: inout LabelMap, team: ThreadTeam) {
        for step in recipe.steps {
            keepLargestComponent(of: step.labels, background: step.background, in: &labels, team: team)
        }
    }
}
