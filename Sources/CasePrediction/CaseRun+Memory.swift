import Files
import Foundation
import NIfTI
import Preprocessing
import Tensors
import TrainedModels

extension CaseRun {
    /// Refuses a case that this machine can't hold, with the figures, before anything of it is computed.
    ///
    /// Where the model is not loaded yet, its part is a guess.
    ///
    /// - `held`: bytes of logits of other models that stay.
    func requireMemory(for image: borrowing NIfTIImage, _ folder: ModelFolder, held: Int) throws(Problem) {
        let need: CaseMemory
        do throws(Problem) {
            let preprocessor = Preprocessor(plans: folder.plans, configuration: folder.configuration, labels: folder.labels)
            need = try preprocessor.memory(for: image.image, arraySpacing: image.arraySpacing, team: predictor.pool.team)
        } catch {
            throw error.at(input: files.channelPaths[0], model: folder.path)
        }
        let model = predictor.pool.footprint(of: folder)
        // What the process holds for itself, beside image, models and logits.
        let own = max(0, MemoryLimit.held - need.image - predictor.pool.memoryFootprint - held)
        let (peak, limit) = (need.peak + model + held + own, predictor.options.memoryLimit)
        guard peak > limit else { return predictor.pool.makeRoom(for: folder, within: limit - peak + model) }
        let parts =
            "image \(need.image.inBytes), network input \(need.input.inBytes), logits \((need.logits + held).inBytes), "
            + "model \(model.inBytes), the program itself \(own.inBytes)"
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
