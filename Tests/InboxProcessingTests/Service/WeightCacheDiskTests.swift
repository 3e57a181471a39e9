import CPUEngine
import CasePrediction
import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing
import TrainedModels

struct `A cache of weights on a disk` {
    @Test(.enabled(if: SmallFileSystem.isAvailable, "needs to mount a tmpfs"))
    func `that is full costs time only, and that is said`() throws {
        let folder = try TemporaryFolder()
        let disk = try #require(SmallFileSystem(over: folder.path))
        let notices = Mutex<[String]>([])
        let pool = ModelPool(
            memoryBudget: 1 << 30, team: ThreadTeam(threadCount: 1), cache: WeightCache(folder: folder.path)
        ) { text in
            notices.withLock { $0.append(text) }
        }
        let model = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")
        #expect(try pool.loaded(try ModelFolder.open(path: model)).foldCount == 1)
        #expect(notices.withLock { $0.count } == 1)
        #expect(notices.withLock { $0.first?.contains("No space left on device") } == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        withExtendedLifetime(disk) {}
    }
}
