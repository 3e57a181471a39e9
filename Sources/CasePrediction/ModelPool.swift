package import Files
import Foundation
package import Networks
package import Segmentation
import Synchronization
import SystemPackage
package import Tensors
package import TrainedModels

/// Keeps loaded models between cases within a memory budget; the least recently used go first.
///
/// Loading is serialised. A loaded model serves one prediction at a time: the caller runs cases one after the other.
package final class ModelPool: Sendable {
    /// The team every model computes with.
    package let team: ThreadTeam
    /// The bytes that loaded models may take together; one model is always allowed.
    package let memoryBudget: Int

    private let engine: any NetworkEngine
    private let known: KnownCheckpoints
    private let notice: @Sendable (String) -> Void

    private struct Entry {
        let key: ModelVersion
        let model: LoadedModel
    }
    private let entries = Mutex<Loaded>(Loaded())

    private struct Loaded: @unchecked Sendable {  // reached only through the mutex; models are lent to one prediction at a time
        var list: [Entry] = []
        var said: Set<String> = []
    }

    /// An empty pool.
    ///
    /// - `memoryBudget`: bytes.
    /// - `engine`: carries the networks out.
    /// - `known`: what others found out about checkpoints.
    /// - `notice`: told once, on the calling thread, what was unusual about loading a model.
    package init(
        memoryBudget: Int, team: ThreadTeam, engine: any NetworkEngine, known: KnownCheckpoints = KnownCheckpoints(),
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.memoryBudget = memoryBudget
        self.team = team
        self.engine = engine
        self.known = known
        self.notice = notice
    }

    /// The loaded model of a folder and its folds; loads it when the pool does not hold it, or when its cached weights were cut off.
    ///
    /// Throws `.badModel` where a file of the folder is not the one that was read when the folder was opened: a model is never mixed of two.
    package func loaded(_ folder: ModelFolder) throws(Problem) -> LoadedModel {
        try folder.requireUnchanged()
        let key = folder.version
        let result = entries.withLock { loaded -> Result<LoadedModel, Problem> in
            if let index = loaded.list.firstIndex(where: { $0.key == key }) {
                let entry = loaded.list.remove(at: index)
                if entry.model.isWhole {
                    loaded.list.append(entry)
                    return .success(entry.model)
                }
            }
            Self.trim(&loaded.list, to: memoryBudget - Self.expectedFootprint(of: folder))
            do throws(Problem) {
                let model = try LoadedModel(folder: folder, engine: engine, team: team, known: known)
                try folder.requireUnchanged()
                for text in model.notices where loaded.said.insert(text).inserted { notice(text) }
                Self.trim(&loaded.list, to: memoryBudget - model.memoryFootprint)
                loaded.list.append(Entry(key: key, model: model))
                return .success(model)
            } catch {
                return .failure(error.at(folder.path).of(.model))
            }
        }
        return try result.get()
    }

    /// The bytes that a model takes: as it is loaded, or a guess from its checkpoints' sizes.
    func footprint(of folder: ModelFolder) -> Int {
        let loaded = entries.withLock { $0.list.first { $0.key == folder.version }?.model.memoryFootprint }
        return loaded ?? Self.expectedFootprint(of: folder)
    }

    /// The bytes the pool holds now.
    package var memoryFootprint: Int {
        entries.withLock { $0.list.reduce(0) { $0 + $1.model.memoryFootprint } }
    }

    /// How many models the pool holds now.
    package var count: Int {
        entries.withLock { $0.list.count }
    }

    /// Lets go of every model but one where together they take more than so many bytes.
    func makeRoom(for folder: ModelFolder, within limit: Int) {
        entries.withLock { loaded in
            guard loaded.list.reduce(0, { $0 + $1.model.memoryFootprint }) > limit else { return }
            loaded.list.removeAll { $0.key != folder.version }
        }
    }

    /// Lets go of every model.
    package func removeAll() {
        entries.withLock { $0.list.removeAll() }
    }

    private static func trim(_ list: inout [Entry], to budget: Int) {
        var footprint = list.reduce(0) { $0 + $1.model.memoryFootprint }
        while footprint > budget, !list.isEmpty {
            footprint -= list.removeFirst().model.memoryFootprint
        }
    }

    /// A first guess in bytes from the checkpoints' sizes, before the network is planned.
    package static func expectedFootprint(of folder: ModelFolder) -> Int {
        folder.folds.reduce(0) { sum, fold in
            sum + ((try? FileSystem.status(of: FilePath(fold.checkpointPath)).facts.size) ?? 0)
        }
    }
}
