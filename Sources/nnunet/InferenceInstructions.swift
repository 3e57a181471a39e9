import Files
import Plans
import PythonFormats

/// What `find_best_configuration` leaves for people and programs: `inference_information.json` and `inference_instructions.txt`.
struct InferenceInstructions {
    let search: BestConfiguration
    /// All single models.
    let considered: [BestConfiguration.Model]
    /// In the order in which they were judged.
    let candidates: [BestConfiguration.Candidate]
    let best: BestConfiguration.Candidate
    let postprocessing: PostprocessingDetermination.Outcome
    /// The dataset's folder of models, where both files go.
    let results: String

    private var plansPath: String { joinedPath(best.folder, "plans.json") }

    /// Writes both files and says the instructions.
    func write() throws {
        let text = try text
        let drafts = [
            ("inference_information.json", json.pythonText(sortedKeys: true)), ("inference_instructions.txt", text),
        ]
        let files = try drafts.map { name, text in
            let file = try AtomicFile(path: joinedPath(results, name))
            try file.write(Array(text.utf8))
            return file
        }
        for file in files { try file.commit() }
        Console.line("\n" + text)
    }

    private var json: OrderedJSON {
        [
            "folds": .array(search.folds.map(OrderedJSON.integer)),
            "dataset_name_or_id": .string(search.dataset),
            "considered_models": .array(
                considered.map {
                    ["plans": .string($0.plans), "configuration": .string($0.configuration), "trainer": .string($0.trainer)]
                }),
            "ensembling_allowed": .bool(search.triesEnsembles),
            "all_results": .object(candidates.map { .init($0.identifier, .number($0.dice)) }),
            "best_model_or_ensemble": [
                "result_on_crossval_pre_pp": .number(best.dice),
                "result_on_crossval_post_pp": .number(postprocessing.after),
                "postprocessing_file": .string(postprocessing.recipePath),
                "some_plans_file": .string(plansPath),
                "selected_model_or_models": .array(
                    best.models.map {
                        [
                            "configuration": .string($0.configuration), "trainer": .string($0.trainer),
                            "plans_identifier": .string($0.plans),
                        ]
                    }),
            ],
        ]
    }

    /// nnU-Net's words, but for a cascade's first stage.
    private var text: String {
        get throws {
            let isEnsemble = best.models.count > 1
            let outputs = best.models.indices.map { isEnsemble ? "OUTPUT_FOLDER_MODEL_\($0 + 1)" : "OUTPUT_FOLDER" }
            var lines = ["***Run inference like this:***", ""]
            if isEnsemble {
                lines += [
                    "An ensemble won! What a surprise! Run the following commands to run predictions with the ensemble members:", "",
                ]
            }
            for (model, output) in zip(best.models, outputs) {
                lines += try commands(of: model, output: output, savesProbabilities: isEnsemble)
            }
            let workers = search.folders.environment["nnUNet_def_n_proc"].flatMap { Int($0) } ?? 8
            if isEnsemble {
                lines += [
                    "", "The run ensembling with:", "",
                    "nnUNetv2_ensemble -i \(outputs.joined(separator: " ")) -o OUTPUT_FOLDER -np \(workers)",
                ]
            }
            lines += [
                "", "***Once inference is completed, run postprocessing like this:***", "",
                "nnUNetv2_apply_postprocessing -i OUTPUT_FOLDER -o OUTPUT_FOLDER_PP -pp_pkl_file \(postprocessing.recipePath)"
                    + " -np \(workers) -plans_json \(plansPath)", "",
            ]
            return lines.joined(separator: "\n")
        }
    }

    /// The command of a model, that of a cascade's first stage before it.
    private func commands(of model: BestConfiguration.Model, output: String, savesProbabilities: Bool) throws -> [String] {
        let plans = try Plans(contentsOf: joinedPath(results, model.identifier + "/plans.json"))
        guard let stage = try plans.configuration(model.configuration).previousStage else {
            return [command(of: model, output: output) + (savesProbabilities ? " --save_probabilities" : "")]
        }
        let folder = output + "_PREV_STAGE"
        let first = BestConfiguration.Model(trainer: model.trainer, plans: model.plans, configuration: stage)
        return [
            command(of: first, output: folder),
            command(of: model, output: output) + " -prev_stage_predictions \(folder)" + (savesProbabilities ? " --save_probabilities" : ""),
        ]
    }

    private func command(of model: BestConfiguration.Model, output: String) -> String {
        let folds = search.folds.map { " \($0)" }.joined()
        return "nnUNetv2_predict -d \(search.dataset) -i INPUT_FOLDER -o \(output) -f \(folds) -tr \(model.trainer)"
            + " -c \(model.configuration) -p \(model.plans)"
    }
}
