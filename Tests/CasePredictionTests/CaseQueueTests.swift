import CasePrediction
import Files
import Foundation
import NIfTI
import Phantom
import Synchronization
import Tensors
import TestSupport
import Testing

/// Two threads do cases of one folder, each through the steps that a case takes.
struct `Cases beside each other` {
    private typealias Step = (number: Int, progress: CaseProgress)
    private let predictor: CasePredictor
    private let files: [CaseFiles]
    private let folder: TemporaryFolder

    /// Four cases, the second one of which is no image.
    init() throws {
        var options = PredictionOptions()
        options.useMirroring = false
        options.stepSize = 1
        let model = try CaseModel.open(path: PhantomModel.slices)
        predictor = try CasePredictor(models: [model], pool: ModelPool(memoryBudget: 1 << 30, team: ThreadTeam()), options: options)
        let folder = try TemporaryFolder()
        files = try (0..<4).map { number in
            let path = folder.file("case\(number)_0000.nii.gz")
            if number == 1 {
                try Data("no image".utf8).write(to: URL(filePath: path))
            } else {
                try writeVolume(phantomSlices(), to: path)
            }
            return CaseFiles(name: "case\(number)", channelPaths: [path])
        }
        self.folder = folder
    }

    /// The labels of every case, nil of one that failed, and all steps as they came.
    private func run(
        memoryLimit: Int = .max, lanes: Int = 2, progress: (Step) -> Void = { _ in }
    ) -> (labels: [[UInt16]?], steps: [Step]) {
        let queue = CaseQueue(memoryLimit: memoryLimit)
        let steps = Mutex<[Step]>([])
        let labels = Mutex<[Int: [UInt16]]>([:])
        ThreadTeam(threadCount: lanes).run(count: files.count) { _, number in
            let place = queue.place(number)
            defer { place.end() }
            place.begin()
            let found = try? predictor.predict(
                files[number], place: place,
                progress: { step in
                    steps.withLock { $0.append((number, step)) }
                    progress((number, step))
                }
            ).labels.voxels.values
            labels.withLock { $0[number] = found }
        }
        let found = labels.withLock { $0 }
        return (files.indices.map { found[$0] }, steps.withLock { $0 })
    }

    @Test func `have the labels that each has alone, are computed in their order, and a bad one stops no other`() {
        let (alone, together) = (run(lanes: 1).labels, run())
        #expect(alone.map { $0 != nil } == [true, false, true, true])
        #expect(together.labels == alone)
        let computed = together.steps.filter { $0.progress.step == .predict }.map(\.number)
        #expect(computed == computed.sorted() && Set(computed) == [0, 2, 3])
    }

    @Test func `are read and prepared while the one before is computed`() {
        let isPrepared = DispatchSemaphore(value: 0)
        let steps = run { step in
            if step.number == 3, step.progress.step == .preprocess { isPrepared.signal() }
            if step.number == 2, step.progress.total > 0, step.progress.completed == 1 {
                #expect(isPrepared.wait(timeout: .now() + 60) == .success, "case 3 was not prepared while case 2 was computed")
            }
        }.steps
        #expect(steps.filter { $0.number == 3 && $0.progress.total == 0 }.map(\.progress.step) == [.read, .preprocess, .load, .predict])
    }

    @Test func `wait for their turn where they don't fit into memory together`() {
        let (labels, steps) = run(memoryLimit: 1)
        #expect(labels.map { $0 != nil } == [true, false, true, true])
        #expect(steps.map(\.number) == steps.map(\.number).sorted())
    }
}
