import CPUEngine
import Foundation
import Synchronization
import Tensors
import Testing

struct `The cache of packed weights` {
    @Test func `gives the second start the same bits without reading a weight`() throws {
        let trial = try CacheTrial()
        let first = try trial.prepare()
        #expect(!first.isFromCache && first.notice == nil && first.weightsRead > 0)
        let second = try trial.prepare()
        #expect(second.isFromCache && second.notice == nil && second.weightsRead == 0)
        #expect(second.logits == first.logits)
        #expect(first.logits.allSatisfy(\.isFinite) && Set(first.logits).count > 2)
    }

    @Test func `holds one private file for each entry`() throws {
        let trial = try CacheTrial()
        _ = try trial.prepare()
        let entry = try #require(trial.entries.first)
        #expect(trial.entries.count == 1)
        var facts = stat()
        #expect(stat(entry, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
        #expect(stat(trial.cacheFolder, &facts) == 0 && facts.st_mode & 0o777 == 0o700)
    }

    @Test func `counts mapped weights as memory`() throws {
        let trial = try CacheTrial()
        let network = try CacheTrial.network(threads: 1)
        let cache = WeightCache(folder: trial.cacheFolder)
        let weights = FileWeights(path: trial.checkpointPath)
        let packed = try network.prepare(weights, cache: nil)
        _ = try network.prepare(weights, cache: cache)
        let mapped = try network.prepare(weights, cache: cache)
        #expect(mapped.isFromCache && !packed.isFromCache)
        #expect(mapped.weights.memoryFootprint == packed.weights.memoryFootprint)
    }

    @Test func `does not take a checkpoint changed in place for the old one`() throws {
        let trial = try CacheTrial()
        let before = try trial.prepare()
        let other = try CacheTrial(checkpoint: "7.5")
        let bytes = try Data(contentsOf: URL(filePath: other.checkpointPath))
        let file = try FileHandle(forWritingTo: URL(filePath: trial.checkpointPath))
        try file.write(contentsOf: bytes)
        try file.close()
        let after = try trial.prepare()
        #expect(!after.isFromCache && after.notice == nil)
        #expect(after.logits != before.logits)
        #expect(after.logits == (try other.prepare()).logits)
        #expect(trial.entries.count == 2)
    }

    @Test func `finds an entry for the same checkpoint under another name`() throws {
        let (trial, copy) = (try CacheTrial(), try CacheTrial())
        let first = try trial.prepare()
        let second = try copy.prepare(in: trial.cacheFolder)
        #expect(second.isFromCache && second.logits == first.logits)
    }

    @Test(.enabled(if: KernelSet.available.count > 1, "needs two instruction sets"))
    func `has an entry for each instruction set`() throws {
        let trial = try CacheTrial()
        for kernels in KernelSet.available { #expect(try !trial.prepare(kernels: kernels).isFromCache) }
        #expect(trial.entries.count == KernelSet.available.count)
        for kernels in KernelSet.available { #expect(try trial.prepare(kernels: kernels).isFromCache) }
    }

    @Test func `refuses a checkpoint that can't be used, and keeps nothing of it`() throws {
        let trial = try CacheTrial(checkpoint: "no number")
        #expect(throws: FileWeights.notANumber) { try trial.prepare() }
        #expect(trial.entries.isEmpty)
    }

    @Test func `lets the entry not used for longest go, and those in use stay valid`() throws {
        let trials = try (0..<3).map { number in
            try CacheTrial(checkpoint: "\(number).5")
        }
        let folder = trials[0].cacheFolder
        let first = try trials[0].prepare()
        let size = try #require(try FileManager.default.attributesOfItem(atPath: trials[0].entries[0])[.size] as? Int)
        let network = try CacheTrial.network()
        let used = try network.prepare(FileWeights(path: trials[0].checkpointPath), cache: WeightCache(folder: folder))
        CacheTrial.setAge(trials[0].entries[0], seconds: 500)
        _ = try trials[1].prepare(in: folder)
        for entry in trials[0].entries { CacheTrial.setAge(entry, seconds: 1000) }
        #expect(try trials[1].prepare(in: folder, limit: 2 * size).isFromCache)
        _ = try trials[2].prepare(in: folder, limit: 2 * size)
        #expect(trials[0].entries.count == 2)
        #expect(used.isFromCache && CacheTrial.logits(network, used.weights) == first.logits)
        #expect(try trials[1].prepare(in: folder).isFromCache)
        #expect(try trials[2].prepare(in: folder).isFromCache)
        #expect(try !trials[0].prepare(in: folder).isFromCache)
    }

    @Test func `sweeps what dead processes left, and nothing else`() throws {
        let trial = try CacheTrial()
        try FileManager.default.createDirectory(atPath: trial.cacheFolder, withIntermediateDirectories: true)
        let names = ["0", "1"].map { trial.cacheFolder + "/" + String(repeating: $0, count: 64) + ".weights.part" }
        let foreign = trial.cacheFolder + "/notes.part"
        for path in names + [foreign] { try Data(count: 10).write(to: URL(filePath: path)) }
        let living = open(names[1], O_RDWR | O_CLOEXEC)
        defer { close(living) }
        #expect(flock(living, LOCK_EX) == 0)
        _ = try trial.prepare()
        #expect(trial.entries.filter { $0.hasSuffix(".part") } == [names[1], foreign])
        #expect(try trial.prepare().isFromCache)
    }

    @Test func `takes over the file that a dead process left for the same entry`() throws {
        let trial = try CacheTrial()
        let first = try trial.prepare()
        let entry = try #require(trial.entries.first)
        try FileManager.default.removeItem(atPath: entry)
        try Data(repeating: 1, count: 10_000_000).write(to: URL(filePath: entry + ".part"))
        #expect(try !trial.prepare().isFromCache)
        #expect(trial.entries == [entry])
        let second = try trial.prepare()
        #expect(second.isFromCache && second.logits == first.logits)
    }

    @Test func `is filled by one of several at once, while the others wait until it is filled`() throws {
        let trial = try CacheTrial()
        let outcomes = Mutex<[CacheTrial.Outcome]>([])
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 6) { _ in
            do {
                let outcome = try trial.prepare(threads: 1)
                outcomes.withLock { $0.append(outcome) }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        let all = outcomes.withLock { $0 }
        #expect(failures.withLock { $0 }.isEmpty && all.count == 6)
        #expect(all.filter { !$0.isFromCache }.count == 1 && all.filter { $0.weightsRead > 0 }.count == 1)
        #expect(all.allSatisfy { $0.logits == all[0].logits && $0.notice == nil })
        #expect(trial.entries.count == 1)
    }
}
