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

extension ModelFacts {
    /// The facts of a trained model.
    package init(_ folder: ModelFolder) {
        self.init(plans: folder.plans, configuration: folder.configuration, labels: folder.labels)
    }
}
