/// What decides where a network's packed weights lie and what they are; equal layouts mean that packed weights may be exchanged.
package struct WeightLayout: Sendable, Hashable {
    /// The version of packing. **Raise it with every change of what packing writes or where**, in CKernels, ConvolutionPlan or WeightRecipe:
    /// packed weights are kept on disk, and those of an older version must not be found again.
    package static let packingVersion = 2

    /// The number of values.
    package let count: Int
    /// The instruction set, and for each convolution its names, shapes, method and offsets.
    package let description: String
}

extension NetworkPlan {
    /// Methods hold the patch and the threads as far as they depend on them.
    var weightLayout: WeightLayout {
        var lines = ["packing \(WeightLayout.packingVersion), \(kernels.name), \(weightCount) values"]
        for recipe in recipes {
            let offsets = [recipe.packed, recipe.bias, recipe.gamma, recipe.beta, recipe.scale, recipe.shift].map { $0 ?? -1 }
            let normalization = recipe.kind.map { "\(recipe.normalization ?? "") \($0)" } ?? "none"
            let inputs = recipe.inputs.map { "\($0)" } ?? "all", transposed = recipe.transposed.map { "\($0)" } ?? "none"
            lines.append(
                "\(recipe.convolution) \(recipe.shape) inputs \(inputs), after \(transposed), bias \(recipe.hasBias), "
                    + (recipe.repeatsTaps ? "repeated taps, " : "")
                    + "normalization \(normalization), \(recipe.plan.convolution.layoutText), "
                    + "\(recipe.plan.method.layoutText), \(recipe.plan.weightCount) values at \(offsets)")
        }
        for recipe in mambaRecipes {
            lines.append("\(recipe.name) Mamba, \(recipe.shape.layer.tokens) of \(recipe.shape.layer.width) at \(recipe.weights)")
        }
        return WeightLayout(count: weightCount, description: lines.joined(separator: "\n"))
    }
}

// Entries on disk are found by these texts, which are therefore independent of what Swift calls the types now. Each names every stored
// property; a new one changes the text and with it the entries.

extension Convolution {
    /// What it computes, as the description of a layout says it.
    package var layoutText: String {
        let upsampling = upsampling.map { "Optional(Tensors.Upsampling(factors: \($0.factors), channels: \($0.channels)))" }
        return "Convolution(inputChannels: \(inputChannels), outputChannels: \(outputChannels), input: \(input), kernel: \(kernel), "
            + "stride: \(stride), isTransposed: \(isTransposed), upsampling: \(upsampling ?? "nil"), "
            + "hasPlainInput: \(hasPlainInput), hasPlainOutput: \(hasPlainOutput))"
    }
}

extension ConvolutionMethod {
    /// How it is computed, as the description of a layout says it.
    package var layoutText: String {
        let kind = kind.axes.map { "winograd(depth: \($0.depth.step), plane: \($0.plane.step))" } ?? kind.row
        return "ConvolutionMethod(kind: Tensors.ConvolutionMethod.Kind.\(kind), isShared: \(isShared), "
            + "transformsWeights: \(transformsWeights), block: \(brick), rows: \(rows))"
    }
}
