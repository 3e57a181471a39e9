import Files
import Foundation
import NIfTI
import Preprocessing
import Segmentation
import Tensors
import TrainedModels

extension CaseRun {
    /// The memory that predicting the case with one model takes, the model itself not counted.
    struct MemoryNeed {
        let memory: CaseMemory
        /// Bytes of logits that are held at a time.
        let logits: Int
        /// Whether labels are decided strip by strip.
        let isStreamed: Bool
        /// Whether the network's input is there, and the image no more.
        var isPrepared = false

        /// Bytes of the case that are there now.
        var present: Int { isPrepared ? memory.input : memory.image }

        /// Bytes at the worst moment that is still to come.
        var peak: Int {
            let prediction = isStreamed ? memory.prediction(holding: logits) : memory.prediction
            return isPrepared ? prediction : max(memory.preparation, prediction)
        }
    }

    /// What an image that was read will take.
    func memoryNeed(of image: borrowing PresentedImage, _ folder: ModelFolder, isStreamed: Bool) throws(Problem) -> MemoryNeed {
        do throws(Problem) {
            let memory = try Preprocessor(ModelFacts(folder)).memory(
                for: image.image, arraySpacing: image.arraySpacing, team: preparationTeam)
            return try memoryNeed(memory, folder, isStreamed: isStreamed, isPrepared: false)
        } catch {
            throw error.at(input: files.channelPaths[0], model: folder.path)
        }
    }

    /// What a case that was prepared takes with another model.
    func memoryNeed(_ memory: CaseMemory, _ folder: ModelFolder, isStreamed: Bool, isPrepared: Bool = true) throws(Problem) -> MemoryNeed {
        let facts = ModelFacts(folder)
        let shape = folder.plans.transposeForward.map { memory.networkShape[$0] }
        // An input that can't be held is refused whatever its logits; going over its tiles would take as much again.
        let streamed =
            try isStreamed && memory.input <= predictor.options.memoryLimit
            ? logitBytes(shape: shape, model: facts, stepSize: predictor.options.stepSize) : nil
        let own = try memory.with(headCount: folder.labels.headCount)
        return MemoryNeed(memory: own, logits: streamed ?? own.logits, isStreamed: isStreamed, isPrepared: isPrepared)
    }

    /// Refuses a case that this machine can't hold, with the figures, before anything of it is computed.
    ///
    /// Where the model is not loaded yet, its part is a guess.
    ///
    /// - Parameters:
    ///   - need: what the case takes.
    ///   - folder: the model.
    /// - Throws: `Problem` with the parts of what it would take.
    /// - Returns: bytes of the process at the worst moment.
    func requireMemory(_ need: MemoryNeed, _ folder: ModelFolder) throws(Problem) -> Int {
        let limit = predictor.options.memoryLimit
        var total = total(need, folder)
        // The results of the case before this one may still be there.
        if total.peak > limit, let place, place.waitForOthers() { total = self.total(need, folder) }
        let (memory, model) = (need.memory, predictor.pool.footprint(of: folder) + beside.models)
        guard total.peak > limit else {
            predictor.pool.makeRoom(for: folder, within: limit - total.peak + model)
            return total.peak
        }
        let logits = need.logits + beside.heldLogits + beside.comingLogits
        let parts =
            "image \(memory.image.inBytes), network input \(memory.input.inBytes), logits \(logits.inBytes), "
            + "model \(model.inBytes), the program itself \(total.own.inBytes)"
        let spacing = memory.spacing.reversed().map { String(format: "%g", $0) }.joined(separator: " × ")
        let shape = memory.networkShape.reversed().map(String.init).joined(separator: " × ")
        throw .badInput(
            path: files.channelPaths[0],
            problem: "predicting it takes \(total.peak.inBytes) of memory (\(parts)), more than the \(limit.inBytes) there are: "
                + "with its spacing of \(spacing) mm it has \(shape) voxels at the model's resolution",
            advice: "correct its spacing where that is wrong, crop the image to what the model is for, or give the machine or the service "
                + "(MemoryMax=) more memory")
    }

    /// Bytes of the process at the worst moment, and what it holds for itself beside image, models and logits.
    private func total(_ need: MemoryNeed, _ folder: ModelFolder) -> (peak: Int, own: Int) {
        let own = max(0, MemoryLimit.held - need.present - predictor.pool.memoryFootprint - beside.heldLogits)
        let models = predictor.pool.footprint(of: folder) + beside.models
        return (need.peak + models + beside.heldLogits + beside.comingLogits + own, own)
    }
}
