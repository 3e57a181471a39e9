package import Evaluation
package import Plans

/// Finds out of which labels and regions only the largest component should stay, by whether Dice gets better (nnU-Net's
/// `determine_postprocessing`).
///
/// All labels together come first; they are adopted where the mean Dice rises and that of no label or region falls. Then each label or region
/// by itself, on top of what was adopted, where its own mean Dice rises. Comparisons with NaN are false.
package struct PostprocessingSearch {
    /// The labels or regions that are judged, one step each.
    private let foreground: [DatasetDescription.LabelValue]
    /// All labels together.
    private let labels: [Int]

    /// One step that was tried.
    package struct Trial: Sendable {
        /// What it is about.
        package let argument: PostprocessingRecipe.LabelsOrRegions
        /// The mean Dice that decided, without and with it.
        package let before, after: Double
        /// Whether it is part of the recipe.
        package let isAdopted: Bool
    }

    /// What came of it.
    package struct Result: Sendable {
        /// The figures without postprocessing.
        package let baseline: EvaluationSummary
        /// Every step that was tried, in its order.
        package let trials: [Trial]

        /// The recipe.
        package var adopted: [PostprocessingRecipe.LabelsOrRegions] { trials.filter(\.isAdopted).map(\.argument) }
    }

    /// - Parameter scheme: the labels or regions of the dataset.
    package init(_ scheme: LabelScheme) {
        foreground = scheme.foreground
        labels = scheme.foregroundLabels
    }

    /// Tries every step.
    ///
    /// - Parameter score: the figures of all cases after some steps, in the order of the scheme's labels or regions.
    /// - Throws: what `score` throws.
    /// - Returns: what was tried and adopted.
    package func callAsFunction<E: Error>(
        score: (_ steps: [PostprocessingRecipe.Step]) throws(E) -> EvaluationSummary
    ) throws(E) -> Result {
        let baseline = try score([])
        var best = baseline
        let together = try score([Step(labels: labels)])
        let isBetter =
            together.foregroundDice > best.foregroundDice && !foreground.indices.contains { together.dice(of: $0) < best.dice(of: $0) }
        var trials = [
            Trial(
                argument: .labels(labels), before: best.foregroundDice, after: together.foregroundDice, isAdopted: isBetter)
        ]
        if isBetter { best = together }
        guard foreground.count > 1 else { return Result(baseline: baseline, trials: trials) }
        for (number, round) in rounds.enumerated() {
            let before = trials.filter(\.isAdopted).map(\.argument.step)
            let figures = try score(before + round.map { Step(labels: foreground[$0].values) })
            for index in round {
                let (old, new) = (best.dice(of: index), figures.dice(of: index))
                trials.append(Trial(argument: .one(foreground[index]), before: old, after: new, isAdopted: new > old))
            }
            let adopted = trials.suffix(round.count).count(where: \.isAdopted)
            guard adopted > 0, number + 1 < rounds.count else { continue }
            best = adopted == round.count ? figures : try score(trials.filter(\.isAdopted).map(\.argument.step))
        }
        return Result(baseline: baseline, trials: trials)
    }

    private typealias Step = PostprocessingRecipe.Step

    /// The labels or regions in their order, those together that have no label in common: what one of their steps removes is nothing to the
    /// others' Dice, so that one look at all cases decides on all of them. Where background is part of a region, every step adds to it.
    private var rounds: [[Int]] {
        var rounds: [[Int]] = []
        var seen: Set<Int> = []
        let hasBackground = foreground.contains { $0.values.contains(0) }
        for (index, values) in foreground.map(\.values).enumerated() {
            if rounds.isEmpty || hasBackground || !seen.isDisjoint(with: values) {
                rounds.append([])
                seen = []
            }
            rounds[rounds.count - 1].append(index)
            seen.formUnion(values)
        }
        return rounds
    }
}
