package import Files
package import NeuralNetworks
import Networks
import Tensors

/// A fold's weights, packed for a network, and where they came from.
package struct PreparedWeights: Sendable {
    /// The packed weights.
    package let weights: NetworkWeights
    /// Whether they lay packed in the cache, so that the checkpoint's weights were not read.
    package let isFromCache: Bool
    /// The entry that they are mapped from; nil where they lie in the process's own memory.
    package let mapping: WeightCacheMapping?
    /// For people: why the cache could not be used, or not as it was; nil where there is nothing to say.
    package let notice: String?

    init(weights: NetworkWeights, isFromCache: Bool, mapping: WeightCacheMapping? = nil, notice: String? = nil) {
        self.weights = weights
        self.isFromCache = isFromCache
        self.mapping = mapping
        self.notice = notice
    }

    /// The weights of a checkpoint packed for `network`: from `cache` where it has them, else from the checkpoint.
    /// - Throws: `Problem` for a checkpoint that can't be used; never for the cache.
    static func make(
        for network: Network, of path: String, cache: WeightCache?, source: () throws(Problem) -> any WeightSource
    ) throws(Problem) -> PreparedWeights {
        if let cache { return try cache.weights(for: network, checkpoint: path, source: source) }
        return PreparedWeights(weights: try pack(try source(), of: path, for: network), isFromCache: false)
    }

    static func pack(_ source: any WeightSource, of path: String, for network: Network) throws(Problem) -> NetworkWeights {
        do throws(Problem) {
            return try network.prepare(source)
        } catch {
            throw error.at(path)
        }
    }

    static func pack(
        _ source: any WeightSource, of path: String, for network: Network, into values: inout FloatBuffer
    ) throws(Problem) {
        do throws(Problem) {
            try network.pack(source, into: &values)
        } catch {
            throw error.at(path)
        }
    }
}

extension ModelFolder {
    /// A fold's weights packed for `network`, which is planned for this folder's network: from `cache` where it has them, else from the
    /// checkpoint, every weight of which is then checked as `openCheckpoint` does. What was checked once is known by its SHA-256.
    /// - Throws: `Problem` for a checkpoint that can't be used; never for the cache.
    package func prepareWeights(of fold: Fold, for network: Network, cache: WeightCache?) throws(Problem) -> PreparedWeights {
        try PreparedWeights.make(for: network, of: fold.checkpointPath, cache: cache) { () throws(Problem) in try openCheckpoint(fold) }
    }
}
