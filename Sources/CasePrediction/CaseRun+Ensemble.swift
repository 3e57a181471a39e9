import Files
import ImageFiles
import NIfTI
import Segmentation
import TrainedModels

extension CaseRun {
    /// The labels of the models' average, slab by slab: every model is moved over the case as far as the others are.
    mutating func labelsTogether() throws(Problem) -> Found {
        var runs: [(stream: LogitStream, model: Int, folder: ModelFolder)] = []
        var sources: [ImageSource] = []
        for (model, agreement) in zip(predictor.models, predictor.agreements) {
            let prepared = try prepared(for: model, channels: agreement.imageChannels, isStreamed: true)
            sources.append(prepared.source)
            runs.append((try begin(prepared.input, model.folder), modelIndex, model.folder))
            beside.comingLogits += try comingBytes(of: runs[runs.count - 1].stream.logits)
            beside.models += predictor.pool.footprint(of: model.folder)
            modelIndex += 1
        }
        var export = try ensembleExport(of: runs.map(\.stream.logits), sources)
        while let next = export.next {
            guard let rows = try advance(runs[next].stream, model: runs[next].model, runs[next].folder) else { break }
            let start = ContinuousClock.now
            try take(rows, of: next, by: &export)
            stopwatch.add(.export, since: start)
        }
        return Found(export.exported(), source: sources[0], properties: runs[0].stream.logits.properties)
    }

    /// The same where the models don't fit into memory together: one after the other, the logits kept.
    mutating func labelsInTurn() throws(Problem) -> Found {
        var (logits, sources): ([Logits], [ImageSource]) = ([], [])
        for (model, agreement) in zip(predictor.models, predictor.agreements) {
            let prepared = try prepared(for: model, channels: agreement.imageChannels, isStreamed: false)
            sources.append(prepared.source)
            let stream = try begin(prepared.input, model.folder)
            while try advance(stream, model: modelIndex, model.folder) != nil {}
            modelIndex += 1
            logits.append(stream.logits)
            beside.heldLogits += stream.logits.values.layout.count * MemoryLayout<Float>.size
        }
        let start = try begin(.export, model: modelCount - 1)
        defer { stopwatch.add(.export, since: start) }
        var export = try ensembleExport(of: logits, sources)
        while let next = export.next { try take(logits[next].allRows, of: next, by: &export) }
        return Found(export.exported(), source: sources[0], properties: logits[0].properties)
    }

    /// What a model's logits will hold at a time.
    private func comingBytes(of logits: Logits) throws(Problem) -> Int {
        try logitBytes(shape: logits.values.layout.image, model: logits.model, stepSize: predictor.options.stepSize)
    }

    /// On the first model's grid.
    private func ensembleExport(of logits: [Logits], _ sources: [ImageSource]) throws(Problem) -> EnsembleExport {
        let alignments = zip(sources, predictor.agreements).map { $1.alignment(of: $0, to: sources[0]) }
        do {
            return try EnsembleExport(
                logits, alignments: alignments, keepProbabilities: predictor.options.keepsProbabilities, team: predictor.pool.team)
        } catch {
            throw error.at(input: files.channelPaths[0], model: predictor.description.path)
        }
    }

    private func take(_ rows: FinalRows, of member: Int, by export: inout EnsembleExport) throws(Problem) {
        do {
            try export.take(rows, of: member)
        } catch {
            throw error.at(input: files.channelPaths[0], model: predictor.description.path)
        }
    }
}
