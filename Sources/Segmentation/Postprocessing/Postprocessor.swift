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
        var left = recipe.steps[...]
        while !left.isEmpty {
            let together = left.prefix(Self.independentCount(left))
            keepLargestComponents(of: together, in: &labels, team: team)
            left = left.dropFirst(together.count)
        }
    }

    /// How many of the first steps can be done in one look: none has a label that an earlier one judges or leaves.
    private static func independentCount(_ steps: ArraySlice<PostprocessingRecipe.Step>) -> Int {
        var seen: Set<Int> = []
        for (count, step) in steps.enumerated() {
            guard seen.isDisjoint(with: step.labels), count < Int(UInt16.max) else { return count }
            seen.formUnion(step.labels + [step.background])
        }
        return steps.count
    }
}
