import Files
import Foundation
import NIfTI
import Preprocessing
import Segmentation
import Tensors
import TrainedModels

extension CaseRun {
    /// Refuses a case that this machine can't hold, with the figures, before anything of it is computed.
    ///
    /// Where the model is not loaded yet, its part is a guess.
    ///
    /// - Parameters:
    ///   - image: the case.
    ///   - folder: the model.
    ///   - isStreamed: whether labels are decided strip by strip.
    /// - Throws: `Problem` with the parts of what it would take, or where the case can't be prepared.
    func requireMemory(for image: borrowing PresentedImage, _ folder: ModelFolder, isStreamed: Bool) throws(Problem) {
        let need: CaseMemory
        let logits: Int
        do throws(Problem) {
            let preprocessor = Preprocessor(plans: folder.plans, configuration: folder.configuration, labels: folder.labels)
            need = try preprocessor.memory(for: image.image, arraySpacing: image.arraySpacing, team: predictor.pool.team)
            let shape = folder.plans.transposeForward.map { need.networkShape[$0] }
            logits =
                isStreamed
                ? try logitBytes(shape: shape, model: ModelFacts(folder), stepSize: predictor.options.stepSize) : need.logits
        } catch {
            throw error.at(input: files.channelPaths[0], model: folder.path)
        }
        let model = predictor.pool.footprint(of: folder)
        // What the process holds for itself, beside image, models and logits.
        let own = max(0, MemoryLimit.held - need.image - predictor.pool.memoryFootprint - beside.heldLogits)
        let atOnce = isStreamed ? need.peak(holding: logits) : need.peak
        let (peak, limit) = (atOnce + model + beside.heldLogits + beside.comingLogits + beside.models + own, predictor.options.memoryLimit)
        guard peak > limit else { return predictor.pool.makeRoom(for: folder, within: limit - peak + model + beside.models) }
        let parts =
            "image \(need.image.inBytes), network input \(need.input.inBytes), logits \((logits + beside.heldLogits + beside.comingLogits).inBytes), "
            + "model \((model + beside.models).inBytes), the program itself \(own.inBytes)"
        let spacing = image.arraySpacing.reversed().map { String(format: "%g", $0) }.joined(separator: " × ")
        let shape = need.networkShape.reversed().map(String.init).joined(separator: " × ")
        throw .badInput(
            path: files.channelPaths[0],
            problem: "predicting it takes \(peak.inBytes) of memory (\(parts)), more than the \(limit.inBytes) there are: "
                + "with its spacing of \(spacing) mm it has \(shape) voxels at the model's resolution",
            advice: "correct its spacing where that is wrong, crop the image to what the model is for, or give the machine or the service "
                + "(MemoryMax=) more memory")
    }
}
