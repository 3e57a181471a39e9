package import Files
package import Networks
package import Preprocessing
import PythonFormats
import Synchronization
package import Tensors
package import TrainedModels

/// A model ready to predict: its network planned for its patch, the weights of all requested folds packed.
///
/// One case is predicted at a time; a second caller waits.
package final class LoadedModel: @unchecked Sendable {  // the network's memory is used under `turn` only
    /// What preparation and export need.
    package let facts: ModelFacts
    /// The axes that mirroring may use; empty for none.
    package let mirroringAxes: [Int]
    /// How many folds are averaged.
    package var foldCount: Int { network.checkpointCount }
    /// The bytes of the network's memory and of all weights.
    package var memoryFootprint: Int { network.memoryFootprint }

    /// For people: what was unusual about making it ready.
    package var notices: [String] { network.notices }

    /// Whether all weights are still there; a model that has lost some must not be used any more.
    package var isWhole: Bool { network.isWhole }

    let network: any LoadedNetwork
    let team: ThreadTeam
    let turn = Mutex<Void>(())

    /// Plans the network and prepares the weights of every fold.
    ///
    ///
    /// Throws what the engine or the checkpoint throws.
    ///
    /// - `engine`: carries the network out.
    /// - `team`: adds up what it gives.
    /// - `known`: checkpoints that were read before.
    /// - `digests`: of checkpoints that were read before.
    package init(
        folder: ModelFolder, engine: any NetworkEngine, team: ThreadTeam, known: KnownCheckpoints = KnownCheckpoints()
    ) throws(Problem) {
        facts = ModelFacts(folder)
        mirroringAxes = folder.mirroringAxes ?? []
        self.team = team
        network = try engine.load(folder.network, patch: folder.configuration.patchSize, weights: folder.weights(known: known))
        guard network.checkpointCount > 0 else {
            throw Problem(.unusable, of: .model, at: folder.path, "has no fold to predict with")
        }
        guard mirroringAxes.allSatisfy((0..<folder.configuration.patchSize.count).contains) else {
            throw Problem(
                .mismatch, of: .model, at: folder.path,
                "the checkpoint allows mirroring along the axes \(mirroringAxes), which the network does not have")
        }
    }
}

/// Moves the network over a prepared case and averages over tiles, mirrorings and folds.
///
/// - Parameters:
///   - prepared: the case as `Preprocessor` makes it for the same model.
///   - model: ready to predict; one case at a time.
///   - options: step size and mirroring.
///   - progress: called on the calling thread after every evaluation of the network.
///   - isCancelled: asked before every evaluation; true ends with `Problem.cancelled`.
/// - Returns: one logit for each head and voxel of the network's grid.
/// - Throws: a `Problem` of the model where the cache's entry was cut off meanwhile; the model can be loaded anew.
package func predictLogits(
    _ prepared: borrowing PreprocessedCase, model: LoadedModel, options: SlidingWindowOptions = SlidingWindowOptions(),
    progress: (PredictionProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
) throws(Problem) -> Logits {
    let network = model.network
    guard prepared.data.shape.count == 4, prepared.data.shape[0] == network.inputShape[0] else {
        throw .networkInput(expected: "\(network.inputShape[0]) input channels", found: "\(prepared.data.shape)")
    }
    let patch = model.facts.configuration.patchSize
    let axes = options.useMirroring ? model.mirroringAxes.sorted().map { $0 + 3 - patch.count } : []
    let window = SlidingWindow(
        grid: try SlidingWindowGrid(image: Array(prepared.data.shape[1...]), patch: patch, stepSize: options.stepSize),
        heads: network.outputShape[0], mirrorings: mirroringCombinations(axes), foldCount: network.checkpointCount,
        useGaussian: options.useGaussian, team: model.team)
    let values = try model.turn.withLock { _ throws(Problem) in
        do throws(Problem) {
            return try window.run(
                prepared.data,
                evaluate: { fold, input, placement, accumulator in
                    network.predict(input, checkpoint: fold, placement: placement, into: &accumulator)
                },
                progress: progress, isCancelled: { isCancelled() || !model.isWhole })
        } catch {
            guard model.isWhole else {
                throw Problem(.damaged, of: .model, "its prepared weights were cut off in the cache while they were used")
            }
            throw error
        }
    }
    return try Logits(values: values, properties: prepared.properties, model: model.facts)
}

extension ModelFacts {
    /// The facts of a trained model.
    package init(_ folder: ModelFolder) {
        self.init(plans: folder.plans, configuration: folder.configuration, labels: folder.labels)
    }
}
