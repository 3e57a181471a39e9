package import Files
package import NeuralNetworks
package import Networks
import Tensors

/// A folder of packed weights, so that a model that was used before is ready at once and processes share its memory.
///
/// An entry is found by the checkpoint's SHA-256 and the network's layout of weights. It is one file, mapped for reading, and is believed
/// only when it is this user's or root's and equals its checksum; else it is made anew. Entries may be removed at any time.
package final class WeightCache: Sendable {
    /// The folder; made when the first entry is.
    package let folder: String
    /// The bytes that all entries may take together; those not used for longest go first.
    package let limit: Int
    /// The digests of the checkpoints, shared with others who need them.
    package let digests: CheckpointDigests

    /// What a folder may hold unless told otherwise, bytes.
    package static let defaultLimit = 20 << 30

    /// Names the folder; nothing is looked at yet.
    package init(folder: String, limit: Int = WeightCache.defaultLimit, digests: CheckpointDigests = CheckpointDigests()) {
        self.folder = folder
        self.limit = limit
        self.digests = digests
    }

    /// What went wrong while an entry was made.
    private enum Failure: Error {
        /// The checkpoint can't be used, with or without cache.
        case model(Problem)
        case cache(WeightCacheProblem)
    }

    /// The weights of a checkpoint for `network`, from their entry, or packed into a new one. A cache that can't be used changes nothing but
    /// the time it takes, and is said in the notice.
    ///
    /// - source: opens the checkpoint; called only where its weights are read.
    package func weights(
        for network: Network, checkpoint path: String, source: () throws(Problem) -> any WeightSource
    ) throws(Problem) -> PreparedWeights {
        let digest = try digests.sha256(of: path)
        let layout = network.weightLayout
        let key = WeightCacheKey(checkpoint: digest, layout: layout)
        let entry = WeightCacheEntry(path: folder + "/" + key.fileName, key: key, count: layout.count)
        var damage: String?
        do throws(WeightCacheProblem) {
            if let prepared = try entry.read(team: network.team) { return prepared }
        } catch {
            damage = "\(entry.path): \(error); "
        }
        do throws(Failure) {
            return try make(
                entry, for: network, checkpoint: path, digest: digest,
                notice: damage.map { $0 + "the prepared weights of \(path) were made anew" }, source: source)
        } catch {
            switch error {
            case .model(let error): throw error
            case .cache(let problem):
                let weights = try PreparedWeights.pack(try source(), of: path, for: network)
                return PreparedWeights(
                    weights: weights, isFromCache: false,
                    notice: (damage ?? "") + "the prepared weights of \(path) can't be kept, so each start packs them: "
                        + "\(problem)")
            }
        }
    }

    /// Packs the weights into a new entry, unless another process makes the same one first.
    private func make(
        _ entry: WeightCacheEntry, for network: Network, checkpoint path: String, digest: String, notice: String?,
        source: () throws(Problem) -> any WeightSource
    ) throws(Failure) -> PreparedWeights {
        let draft: WeightCacheDraft
        var values: FloatBuffer
        do throws(WeightCacheProblem) {
            try makeFolder()
            draft = try WeightCacheDraft(entry)
            // By another process, while this one waited.
            if let made = try? entry.read(team: network.team) { return made }
            try makeRoom(for: WeightCacheHeader.fileSize(count: entry.count))
            values = try draft.map()
        } catch {
            throw .cache(error)
        }
        let isUnchanged: Bool
        do throws(Problem) {
            try PreparedWeights.pack(try source(), of: path, for: network, into: &values)
            isUnchanged = try digests.sha256(of: path) == digest
        } catch {
            throw .model(error)
        }
        let mapping: WeightCacheMapping
        do throws(WeightCacheProblem) {
            guard isUnchanged else { throw WeightCacheProblem("the checkpoint was changed while it was read") }
            mapping = try draft.publish(values, team: network.team)
        } catch {
            throw .cache(error)
        }
        return PreparedWeights(weights: NetworkWeights(buffer: values), isFromCache: false, mapping: mapping, notice: notice)
    }
}
