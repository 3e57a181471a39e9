import Files
import Networks
import Tensors

/// A folder of packed weights, so that a model that was used before is ready at once and processes share its memory.
///
/// An entry is found by the checkpoint's digest and the network's layout of weights. It is one file, mapped for reading, and is believed
/// only when it is this user's or root's and equals its checksum; else it is made anew. Entries may be removed at any time.
package final class WeightCache: Sendable {
    /// The folder; made when the first entry is.
    package let folder: String
    /// The bytes that all entries may take together; those not used for longest go first.
    package let limit: Int

    /// What a folder may hold unless told otherwise, bytes.
    package static let defaultLimit = 20 << 30

    /// Names the folder; nothing is looked at yet.
    package init(folder: String, limit: Int = WeightCache.defaultLimit) {
        self.folder = folder
        self.limit = limit
    }

    /// The weights of a checkpoint for `network`, from their entry, or packed into a new one. A cache that can't be used changes nothing but
    /// the time it takes, and is said in the notice.
    ///
    /// - `weights`: opened only where there is no entry of them.
    /// - Throws: what the checkpoint throws.
    func weights(for network: Network, of weights: any TrainedWeights) throws(Problem) -> PreparedWeights {
        let digest = try weights.digest()
        let layout = network.weightLayout
        let key = WeightCacheKey(checkpoint: digest, layout: layout)
        let entry = WeightCacheEntry(path: folder + "/" + key.fileName, key: key, count: layout.count)
        var damage: Problem?
        do throws(Problem) {
            if let prepared = try entry.read(team: network.team) { return prepared }
        } catch {
            damage = error.at(entry.path)
        }
        let finding = damage.map { "\($0); " } ?? ""
        let notice = damage.map { _ in finding + "the prepared weights of \(weights.path) were made anew" }
        switch try make(entry, for: network, of: weights, digest: digest, notice: notice) {
        case .success(let prepared): return prepared
        case .failure(let problem):
            return PreparedWeights(
                weights: try network.pack(weights), isFromCache: false,
                notice: finding + "the prepared weights of \(weights.path) can't be kept, so each start packs them: \(problem)")
        }
    }

    /// Packs the weights into a new entry, unless another process makes the same one first.
    ///
    /// - Returns: the weights, or why the cache can't keep them.
    /// - Throws: what the checkpoint throws; it can't be used, with or without cache.
    private func make(
        _ entry: WeightCacheEntry, for network: Network, of weights: any TrainedWeights, digest: String, notice: String?
    ) throws(Problem) -> Result<PreparedWeights, Problem> {
        let draft: WeightCacheDraft
        var values: FloatBuffer
        do throws(Problem) {
            try makeFolder()
            draft = try WeightCacheDraft(entry)
            // By another process, while this one waited.
            if let made = try? entry.read(team: network.team) { return .success(made) }
            try makeRoom(for: WeightCacheHeader.fileSize(count: entry.count))
            values = try draft.map()
        } catch {
            return .failure(error)
        }
        try network.pack(weights, into: &values)
        guard try weights.digest() == digest else {
            return .failure(Problem(.mismatch, "the checkpoint was changed while it was read"))
        }
        do throws(Problem) {
            let mapping = try draft.publish(values, team: network.team)
            return .success(PreparedWeights(weights: NetworkWeights(buffer: values), isFromCache: false, mapping: mapping, notice: notice))
        } catch {
            return .failure(error)
        }
    }
}
