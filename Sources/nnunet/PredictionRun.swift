import CasePrediction
import Files
import Foundation
import ImageFiles
import PythonFormats
import Segmentation
import Synchronization
import Tensors

/// What both predict commands do once the model folder is known: find the cases, predict each, write what nnU-Net writes.
struct PredictionRun {
    let arguments: PredictionArguments
    let model: CaseModel
    private let modelFolder: String
    private let output: OutputFolder
    /// Recorded in the arguments file.
    var preprocessingWorkers = 3
    /// Recorded in the arguments file.
    var exportWorkers = 3
    /// Upstream's mode without workers, which records fewer arguments.
    var isSequential = false
    /// Every `partCount`th case from `part` is taken.
    var partCount = 1
    var part = 0

    init(arguments: PredictionArguments, modelFolder: String) throws {
        self.arguments = arguments
        self.modelFolder = modelFolder
        let previous = arguments.previousStagePredictions
        var inputs = [(option: "-i", folder: arguments.input), (option: "the model folder", folder: modelFolder)]
        if let previous { inputs.append((option: "-prev_stage_predictions", folder: previous)) }
        for fold in arguments.folds { inputs.append((option: "the model's folder", folder: "\(modelFolder)/fold_\(fold)")) }
        output = try OutputFolder(arguments.output, apartFrom: inputs)
        try InputPlace.requireFolder(arguments.input, option: "-i")
        try InputPlace.requireFolder(modelFolder, option: "the model folder")
        if let previous { try InputPlace.requireFolder(previous, option: "-prev_stage_predictions") }
        model = try CaseModel.open(
            path: modelFolder, folds: try arguments.foldNames(), checkpoint: arguments.checkpoint, previousStageFolder: previous)
        let patch = model.folder.configuration.patchSize
        guard SlidingWindowGrid.reachesVoxels(arguments.stepSize, patch: patch) else {
            throw Failure(.usage, "-step_size \(arguments.stepSize): tiles of \(patch) voxels would lie less than a voxel apart")
        }
    }

    /// Predicts every case; one bad case does not keep the others from being predicted.
    func callAsFunction() throws {
        if let notice = arguments.deviceNotice { Console.problem("warning: \(notice)") }
        let team = ThreadTeam(threadCount: arguments.threads ?? ThreadTeam.availableProcessors)
        let pool = ModelPool(
            memoryBudget: Int.max, team: team, cache: WeightCacheFolder.cache(), notice: { WeightCacheFolder.warn($0) })
        let predictor = try CasePredictor(models: [model], pool: pool, options: arguments.options)
        let all = try InputCase.find(
            in: arguments.input, for: predictor, minimumSlices: arguments.minimumSlices, output: output)
        let cases = stride(from: part, to: all.count, by: partCount).map { all[$0] }
        let results = ResultFolder(
            output: protecting(all, with: predictor), fileEnding: predictor.fileEnding,
            files: .nnUNet(
                as: predictor.readerWriter, ending: predictor.fileEnding, probabilities: arguments.savesProbabilities))
        try results.output.make()
        for name in ["predict_from_raw_data_args.json", "dataset.json", "plans.json"] { try results.output.target(name) }
        try results.write(recordedArguments, to: "predict_from_raw_data_args.json", sortedKeys: true)
        try results.write(model.folder.dataset.json, to: "dataset.json")
        try results.write(model.folder.plans.json, to: "plans.json")
        if !arguments.shortcuts.isEmpty {
            Console.problem("warning: --fast \(arguments.shortcuts.map(\.rawValue).joined(separator: " ")): less accurate than nnU-Net")
        }
        for warning in predictor.modelWarnings { Console.problem("warning: \(model.folder.path): \(warning)") }
        Console.line("There are \(cases.count) cases to predict" + (partCount > 1 ? " in part \(part) of \(partCount)" : ""))
        let display = Mutex(ProgressDisplay(isEnabled: !arguments.disablesProgressBar))
        let lanes = CaseLanes(memoryLimit: predictor.options.memoryLimit)
        try lanes.run(count: cases.count, overlap: overlaps && team.threadCount > 1) {
            (cases[$0].name, results.labelsPath(cases[$0].name))
        } _: { number, place in
            defer { display.withLock { $0.clear() } }
            let progress = { (progress: CaseProgress) in
                if place.hasTurn { display.withLock { $0.update(progress) } }
            }
            try predict(cases[number], with: predictor, into: results, at: place, progress, isCancelled: { lanes.isStopped })
        }
    }

    /// Whether a case may be read while another one is computed: not where upstream would have no workers either.
    private var overlaps: Bool { preprocessingWorkers > 0 || exportWorkers > 0 }

    /// The output folder with every file that is read protected.
    private func protecting(_ cases: [InputCase], with predictor: CasePredictor) -> OutputFolder {
        var output = output
        output.protect(cases.lazy.flatMap(\.paths))
        output.protect(["plans.json", "dataset.json"].map { modelFolder + "/" + $0 })
        if let previous = arguments.previousStagePredictions {
            output.protect(cases.lazy.map { previous + "/" + $0.name + predictor.fileEnding })
        }
        return output
    }

    private func predict(
        _ item: InputCase, with predictor: CasePredictor, into results: ResultFolder, at place: CasePlace,
        _ progress: (CaseProgress) -> Void, isCancelled: () -> Bool
    ) throws {
        if case .refused(let refused) = item { throw refused.error }
        try results.requireRoom(for: item.name)
        if arguments.continuesPrediction, results.isComplete(item, reader: predictor.readerWriter) {
            Console.line("\(item.name): already predicted")
            return
        }
        if case .series(let series) = item {
            try predictor.modalities.check(series.series, howToAllow: { "allow it with --modalities \($0)" })
        }
        let started = ContinuousClock.now, waited = place.waited
        let record = try item.withFiles(temporaryBelow: arguments.output) { files, warnings in
            let outcome = try predictor.predict(files, place: place, progress: progress, isCancelled: isCancelled)
            var record = CaseRecord(files: files, warnings: warnings)
            try results.write(outcome, &record)
            return record
        }
        for warning in record.warnings { Console.problem("\(item.name): warning: \(warning)") }
        let seconds = (ContinuousClock.now - started).inSeconds - (place.waited - waited)
        Console.line("\(item.name): done in " + String(format: "%.1f s", seconds))
        if arguments.isVerbose {
            for timing in record.timings { Console.line("  \(timing.step): " + String(format: "%.2f s", timing.seconds)) }
        }
    }

    /// What upstream records of its call.
    private var recordedArguments: OrderedJSON {
        var members: [OrderedJSON.Member] = [
            .init("folder_with_segs_from_prev_stage", arguments.previousStagePredictions.map(OrderedJSON.string) ?? .null),
            .init("list_of_lists_or_source_folder", .string(arguments.input)),
            .init("output_folder_or_list_of_truncated_output_files", .string(arguments.output)),
            .init("overwrite", .bool(!arguments.continuesPrediction)),
            .init("save_probabilities", .bool(arguments.savesProbabilities)),
        ]
        if !isSequential {
            members += [
                .init("num_parts", .integer(partCount)), .init("part_id", .integer(part)),
                .init("num_processes_preprocessing", .integer(preprocessingWorkers)),
                .init("num_processes_segmentation_export", .integer(exportWorkers)),
            ]
        }
        // What upstream has no word for, and what changes the labels.
        if !arguments.shortcuts.isEmpty { members.append(.init("fast", .array(arguments.shortcuts.map { .string($0.rawValue) }))) }
        return .object(members)
    }
}
