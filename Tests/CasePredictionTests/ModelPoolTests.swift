import CPUEngine
import CasePrediction
import Files
import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing
import TrainedModels

struct `The model pool` {
    private static let planar = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")
    private static let volume = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__3d_fullres")
    private let team = ThreadTeam(threadCount: 1)

    @Test func `keeps a model between cases`() throws {
        let pool = ModelPool(memoryBudget: 1 << 30, team: team)
        let folder = try ModelFolder.open(path: Self.planar)
        let first = try pool.loaded(folder)
        #expect(try pool.loaded(folder) === first)
        #expect(pool.count == 1)
        #expect(pool.memoryFootprint == first.memoryFootprint)
    }

    @Test func `lets the least recently used model go when the budget is spent`() throws {
        let (planar, volume) = (try ModelFolder.open(path: Self.planar), try ModelFolder.open(path: Self.volume, folds: [.number(0)]))
        let roomy = ModelPool(memoryBudget: 1 << 30, team: team)
        let sizes = (try roomy.loaded(planar).memoryFootprint, try roomy.loaded(volume).memoryFootprint)
        #expect(roomy.count == 2)
        let tight = ModelPool(memoryBudget: max(sizes.0, sizes.1), team: team)
        _ = try tight.loaded(planar)
        let second = try tight.loaded(volume)
        #expect(tight.count == 1)
        #expect(try tight.loaded(volume) === second)
    }

    @Test func `loads a single model even beyond its budget`() throws {
        let pool = ModelPool(memoryBudget: 0, team: team)
        _ = try pool.loaded(try ModelFolder.open(path: Self.planar))
        #expect(pool.count == 1)
    }

    @Test func `takes folds of one folder for different models`() throws {
        let pool = ModelPool(memoryBudget: 1 << 30, team: team)
        let one = try pool.loaded(try ModelFolder.open(path: Self.volume, folds: [.number(0)]))
        let two = try pool.loaded(try ModelFolder.open(path: Self.volume, folds: [.number(0), .number(1)]))
        #expect(one !== two)
        #expect((one.foldCount, two.foldCount) == (1, 2))
    }

    @Test(arguments: ["plans.json", "dataset.json", "fold_0/checkpoint_final.pth"])
    func `refuses a model of which a file was replaced, until it is opened again as a whole`(file: String) throws {
        let folder = try TemporaryFolder()
        let copy = folder.file("model")
        try FileManager.default.copyItem(atPath: Self.planar, toPath: copy)
        let pool = ModelPool(memoryBudget: 1 << 30, team: team)
        let opened = try ModelFolder.open(path: copy)
        let before = try pool.loaded(opened)
        let replaced = copy + "/" + file
        let bytes = try Data(contentsOf: URL(filePath: replaced))
        try bytes.write(to: URL(filePath: replaced + ".new"))
        #expect(rename(replaced + ".new", replaced) == 0)
        let error = #expect(throws: Problem.self) { try pool.loaded(opened) }
        #expect(error?.path == replaced)
        #expect(error?.advice.contains("systemctl reload nnunetd") == true)
        #expect(try pool.loaded(try ModelFolder.open(path: copy)) !== before)
    }

    @Test func `says once what keeps the cache from being used`() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(filePath: folder.file("file")))
        let notices = Mutex<[String]>([])
        let pool = ModelPool(memoryBudget: 1 << 30, team: team, cache: WeightCache(folder: folder.file("file"))) { text in
            notices.withLock { $0.append(text) }
        }
        let opened = try ModelFolder.open(path: Self.planar)
        for _ in 0..<2 {
            _ = try pool.loaded(opened)
            pool.removeAll()
        }
        #expect(notices.withLock { $0.count } == 1)
        #expect(notices.withLock { $0.first?.contains(folder.file("file")) } == true)
    }

    @Test func `loads a model anew whose weights were cut off in the cache`() throws {
        let folder = try TemporaryFolder()
        let notices = Mutex<[String]>([])
        let pool = ModelPool(memoryBudget: 1 << 30, team: team, cache: WeightCache(folder: folder.file("cache"))) { text in
            notices.withLock { $0.append(text) }
        }
        let opened = try ModelFolder.open(path: Self.planar)
        let before = try pool.loaded(opened)
        #expect(before.isWhole)
        let entry = try #require(FileManager.default.contentsOfDirectory(atPath: folder.file("cache")).first { $0.hasSuffix(".weights") })
        #expect(truncate(folder.file("cache/" + entry), 8192) == 0)
        #expect(!before.isWhole)
        let after = try pool.loaded(opened)
        #expect(after !== before)
        #expect(after.isWhole)
        #expect(notices.withLock { $0.first?.contains("it has 8192 bytes") } == true)
    }

    @Test func `gives everything back on request`() throws {
        let pool = ModelPool(memoryBudget: 1 << 30, team: team)
        _ = try pool.loaded(try ModelFolder.open(path: Self.planar))
        pool.removeAll()
        #expect(pool.count == 0)
        #expect(pool.memoryFootprint == 0)
    }
}
