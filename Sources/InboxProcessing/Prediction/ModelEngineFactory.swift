import CPUEngine
import CasePrediction
package import DICOM
import Files
import Plans
import SystemPackage
package import TOML
import Tensors
import TrainedModels

/// Opens the models of routes; the engines it makes share one pool of loaded models and one team of threads.
package struct ModelEngineFactory: EngineFactory {
    private let pool: ModelPool
    private let headers: DICOMHeaders
    private let known: KnownCheckpoints
    /// What the cache of weights may hold, bytes; nil without one.
    private let cacheLimit: Int?

    /// Takes memory, threads and the cache of weights from the configuration.
    ///
    /// - `headers`: of slices that intake has read.
    /// - `notice`: told what keeps the cache from being used.
    package init(
        _ configuration: ServiceConfiguration, headers: DICOMHeaders = DICOMHeaders(), notice: @escaping @Sendable (String) -> Void
    ) {
        self.headers = headers
        let known = KnownCheckpoints()
        let cache = configuration.weightCache.map { WeightCache(folder: $0.folder, limit: $0.limit) }
        let team = ThreadTeam(threadCount: configuration.threads ?? ThreadTeam.availableProcessors)
        pool = ModelPool(memoryBudget: configuration.memoryBudget, team: team, cache: cache, known: known, notice: notice)
        self.known = known
        cacheLimit = cache?.limit
    }

    package func makeEngine(for route: ServiceConfiguration.Route) throws(ConfigurationProblem) -> any CaseEngine {
        var models: [CaseModel] = []
        for (index, model) in route.models.enumerated() {
            do throws(Problem) {
                let opened = try CaseModel.open(path: model.folder, folds: model.folds, checkpoint: model.checkpoint)
                for stage in opened.stages { try check(stage) }
                try requireMedical(opened.folder)
                models.append(opened)
            } catch {
                throw ConfigurationProblem(key: "models[\(index)].folder", message: error.description)
            }
        }
        let recipe: PostprocessingRecipe?
        do throws(Problem) {
            if let path = route.postprocessing { recipe = try PostprocessingRecipe.read(path: path) } else { recipe = nil }
        } catch {
            throw ConfigurationProblem(key: "postprocessing", message: error.description)
        }
        if let recipe, let folder = models.first?.folder { try check(recipe, of: route, for: folder.labels) }
        var options = PredictionOptions()
        options.stepSize = route.stepSize
        options.useMirroring = route.mirroring
        options.modalities = route.modalities
        options.nonFiniteVoxels = route.nonFiniteVoxels
        do throws(Problem) {
            let predictor = try CasePredictor(models: models, pool: pool, options: options, postprocessing: recipe)
            return ModelEngine(
                predictor: predictor, results: .published(by: predictor, known: known, postprocessing: route.postprocessing),
                headers: headers,
                unlikelySettings: unlikelySettings(of: route, models))
        } catch {
            throw ConfigurationProblem(key: "models", message: error.description)
        }
    }

    /// Reads every weight of every fold once, so that a damaged checkpoint is found at the start and not with the first case.
    private func check(_ folder: ModelFolder) throws(Problem) {
        for fold in folder.folds { _ = try folder.openCheckpoint(fold, known: known) }
    }

    /// An inbox takes DICOM and NIfTI, which can't stand for pictures.
    private func requireMedical(_ folder: ModelFolder) throws(Problem) {
        let reader = try readerWriter(named: folder.plans.imageReaderWriter, fileEnding: folder.dataset.fileEnding)
        guard !reader.isMedical else { return }
        throw .badModel(
            path: folder.path,
            problem:
                "its images are \(folder.dataset.fileEnding) files that lie nowhere in a patient (\(reader.rawValue)), and an inbox takes"
                + " DICOM and NIfTI",
            advice: "predict with it by nnunet predict_from_modelfolder")
    }

    /// A recipe made for another model names labels that this one does not write, and would cut nothing or the wrong things.
    private func check(
        _ recipe: PostprocessingRecipe, of route: ServiceConfiguration.Route, for labels: LabelScheme
    ) throws(ConfigurationProblem) {
        let unknown = recipe.labels(unknownTo: labels)
        guard !unknown.isEmpty else { return }
        let names = labels.names.sorted { $0.key < $1.key }.map { "\($0.value) (\($0.key))" }
        throw ConfigurationProblem(
            key: "postprocessing",
            message:
                "\(route.postprocessing ?? "") names label \(unknown.map(String.init).joined(separator: ", ")), which the model lacks; it has "
                + names.joined(separator: ", ") + ". Name the file that was made with this model")
    }

    /// What is allowed and can hardly be meant, each as `key: words`.
    private func unlikelySettings(of route: ServiceConfiguration.Route, _ models: [CaseModel]) -> [String] {
        var found: [String] = []
        for (index, model) in models.enumerated() {
            for (earlier, other) in models[..<index].enumerated() where isSame(model.folder, other.folder) {
                found.append(
                    "models[\(index)].folder: holds the checkpoints of models[\(earlier)] (\(route.models[earlier].folder)) again, which then count twice in the average; keep one of them"
                )
            }
        }
        for folder in models.flatMap(\.stages) {
            let size = ModelPool.expectedFootprint(of: folder)
            if size > pool.memoryBudget {
                found.append(
                    "models: the checkpoints of \(folder.path) take \(size.inBytes), more than memory_budget_gib (\(pool.memoryBudget.inBytes)), so that no other model stays loaded beside it; raise it"
                )
            }
            if let limit = cacheLimit, size > limit {
                found.append(
                    "models: the checkpoints of \(folder.path) take \(size.inBytes), more than cache_limit_gib (\(limit.inBytes)), so that their prepared weights can't all be kept; raise it"
                )
            }
        }
        return found
    }

    /// Whether two models share a checkpoint, by whatever path. Only files of one size are read.
    private func isSame(_ model: ModelFolder, _ other: ModelFolder) -> Bool {
        let sizes = { (folder: ModelFolder) in
            folder.folds.map { (path: $0.checkpointPath, size: (try? FileSystem.facts(of: FilePath($0.checkpointPath)))??.size) }
        }
        let others = sizes(other)
        return sizes(model).contains { fold in
            others.contains { twin in
                fold.path == twin.path
                    || fold.size != nil && fold.size == twin.size
                        && (try? known.sha256(of: fold.path)) == (try? known.sha256(of: twin.path))
            }
        }
    }
}
