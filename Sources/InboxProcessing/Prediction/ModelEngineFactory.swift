import CasePrediction
import Tensors
import TrainedModels

/// Opens the models of routes; the engines it makes share one pool of loaded models and one team of threads.
package struct ModelEngineFactory: EngineFactory {
    private let pool: ModelPool
    private let digests: CheckpointDigests

    /// Takes memory, threads and the cache of weights from the configuration.
    ///
    /// - notice: told what keeps the cache from being used.
    package init(_ configuration: ServiceConfiguration, notice: @escaping @Sendable (String) -> Void) {
        let digests = CheckpointDigests()
        let cache = configuration.weightCache.map { WeightCache(folder: $0.folder, limit: $0.limit, digests: digests) }
        let team = ThreadTeam(threadCount: configuration.threads ?? ThreadTeam.availableProcessors)
        pool = ModelPool(memoryBudget: configuration.memoryBudget, team: team, cache: cache, notice: notice)
        self.digests = digests
    }

    package func makeEngine(for route: ServiceConfiguration.Route) throws(EngineProblem) -> any CaseEngine {
        var models: [CaseModel] = []
        for (index, model) in route.models.enumerated() {
            do throws(CasePredictionError) {
                let opened = try CaseModel.open(path: model.folder, folds: model.folds, checkpoint: model.checkpoint)
                for stage in opened.stages { try check(stage) }
                models.append(opened)
            } catch {
                throw EngineProblem(key: "models[\(index)].folder", message: error.description)
            }
        }
        let recipe: PostprocessingRecipe?
        do throws(ModelError) {
            if let path = route.postprocessing { recipe = try PostprocessingRecipe.read(path: path) } else { recipe = nil }
        } catch {
            throw EngineProblem(key: "postprocessing", message: CasePredictionError(error).description)
        }
        var options = PredictionOptions()
        options.stepSize = route.stepSize
        options.useMirroring = route.mirroring
        options.modalities = route.modalities
        options.nonFiniteVoxels = route.nonFiniteVoxels
        do throws(CasePredictionError) {
            let predictor = try CasePredictor(models: models, pool: pool, options: options, postprocessing: recipe)
            return ModelEngine(route: route, predictor: predictor, digests: digests)
        } catch {
            throw EngineProblem(key: "models", message: error.description)
        }
    }

    /// Reads every weight of every fold once, so that a damaged checkpoint is found at the start and not with the first case.
    private func check(_ folder: ModelFolder) throws(CasePredictionError) {
        do throws(ModelError) {
            for fold in folder.folds { _ = try folder.openCheckpoint(fold) }
        } catch {
            throw CasePredictionError(error)
        }
    }
}
