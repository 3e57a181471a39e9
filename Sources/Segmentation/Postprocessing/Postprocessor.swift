package import Imaging
package import Plans
package import Tensors

/// nnU-Net's postprocessing: for each step only the largest connected component of a union of labels stays.
package struct Postprocessor: Sendable {
    /// The steps in their order.
    package let recipe: PostprocessingRecipe

    /// Takes the steps of a `postprocessing.pkl` or `.json`.
    package init(recipe: PostprocessingRecipe) {
        self.recipe = recipe
    }

    /// Applies every step (`remove_all_but_largest_component_from_segmentation`).
    ///
    /// Components connect across faces, edges and corners; of several largest ones all stay; removed voxels get the step's background.
    package func apply(_ labels: inout LabelMap, team: ThreadTeam) {
        for step in recipe.steps {
            keepLargestComponent(of: step.labels, background: step.background, in: &labels, team: team)
        }
    }
}
