package import Files
package import Preprocessing
import Tensors

/// A case on its way through a model's sliding window, strip by strip of tiles.
package final class LogitStream {
    /// What there is of the case's logits: final where `advance` has said so, and not yet released.
    package let logits: Logits

    private let input: NetworkInput
    private let model: LoadedModel
    private let window: SlidingWindow
    private var pass: SlidingWindow.Pass

    /// Begins a case.
    ///
    /// - Parameters:
    ///   - input: the case as `Preprocessor` makes it for the same model.
    ///   - model: ready to predict.
    ///   - options: step size and mirroring.
    /// - Throws: a `Problem` where the case is not the network's, or too large for the process' addresses.
    package init(
        _ input: NetworkInput, model: LoadedModel, options: SlidingWindowOptions = SlidingWindowOptions()
    ) throws(Problem) {
        let network = model.network
        let shape = input.prepared.data.shape
        guard shape.count == 4, shape[0] == network.inputShape[0] else {
            throw .networkInput(expected: "\(network.inputShape[0]) input channels", found: "\(shape)")
        }
        let patch = model.facts.configuration.patchSize
        let axes = options.useMirroring ? model.mirroringAxes.sorted().map { $0 + 3 - patch.count } : []
        let window = SlidingWindow(
            grid: try SlidingWindowGrid(image: Array(shape[1...]), patch: patch, stepSize: options.stepSize),
            heads: network.outputShape[0], mirrorings: mirroringCombinations(axes), foldCount: network.checkpointCount,
            useGaussian: options.useGaussian, team: model.team)
        let pass = try window.begin(channels: network.inputShape[0])
        logits = try Logits(values: pass.sums, properties: input.prepared.properties, model: model.facts)
        self.pass = pass
        self.input = input
        self.model = model
        self.window = window
    }

    /// Evaluates the network on the next strip; another case that waits for the model may have its turn between two.
    ///
    /// - Parameters:
    ///   - progress: called on the calling thread after every evaluation of the network.
    ///   - isCancelled: asked before every evaluation; true ends with `Problem.cancelled`.
    /// - Returns: the rows whose logits are final now; nil at the end.
    /// - Throws: a `Problem` of the model where the cache's entry was cut off meanwhile; the model can be loaded anew.
    package func advance(
        progress: (PredictionProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(Problem) -> FinalRows? {
        let (model, window, input) = (model, window, input)
        return try model.turn.withLock { _ throws(Problem) in
            do throws(Problem) {
                return try window.advance(
                    &pass, input.prepared.data,
                    evaluate: { fold, tile, placement, accumulator in
                        model.network.predict(tile, checkpoint: fold, placement: placement, into: accumulator)
                    },
                    progress: progress, isCancelled: { isCancelled() || !model.isWhole })
            } catch {
                guard model.isWhole else {
                    throw Problem(.damaged, of: .model, "its prepared weights were cut off in the cache while they were used")
                }
                throw error
            }
        }
    }
}

/// Moves the network over a prepared case and averages over tiles, mirrorings and folds.
///
/// - Parameters:
///   - prepared: the case as `Preprocessor` makes it for the same model.
///   - model: ready to predict.
///   - options: step size and mirroring.
///   - progress: called on the calling thread after every evaluation of the network.
///   - isCancelled: asked before every evaluation; true ends with `Problem.cancelled`.
/// - Returns: one logit for each head and voxel of the network's grid.
/// - Throws: what `LogitStream` throws.
package func predictLogits(
    _ prepared: consuming PreprocessedCase, model: LoadedModel, options: SlidingWindowOptions = SlidingWindowOptions(),
    progress: (PredictionProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
) throws(Problem) -> Logits {
    let stream = try LogitStream(NetworkInput(prepared), model: model, options: options)
    while try stream.advance(progress: progress, isCancelled: isCancelled) != nil {}
    return stream.logits
}

/// How much of its logits predicting a case holds at a time where labels are decided as they become final.
///
/// - Parameters:
///   - shape: of the case at the network's resolution, (z, y, x).
///   - model: the model.
///   - stepSize: the sliding window's.
/// - Returns: bytes, at most.
/// - Throws: `Problem` for a step that is none, or a case that can't be counted.
package func logitBytes(shape: [Int], model: ModelFacts, stepSize: Double) throws(Problem) -> Int {
    let grid = try SlidingWindowGrid(image: shape, patch: model.configuration.patchSize, stepSize: stepSize)
    let layout = LogitLayout(heads: model.labels.headCount, image: shape)
    let function = model.configuration.resampling.probabilities
    // Splines of a higher order need them all.
    let isLocal = function.kind != .spline || max(function.order, function.orderZ) <= 1
    let rows = isLocal ? StripPlan.way(over: grid).heldRows : shape[0] * shape[1]
    let (bytes, overflow) = rows.multipliedReportingOverflow(by: layout.placeCount * MemoryLayout<Float>.size)
    guard !overflow else { throw .tooLarge(what: "the logits", shape: [layout.heads] + shape) }
    return bytes
}
