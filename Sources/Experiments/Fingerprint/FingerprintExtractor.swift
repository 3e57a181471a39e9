package import Files
package import ImageFiles
import Imaging
import NIfTI
import Preprocessing
import PythonFormats
import Synchronization
package import Tensors

/// Makes a data set's fingerprint as nnU-Net does, with the same draws from the same generator.
package struct FingerprintExtractor: Sendable {
    /// The class that reads the files.
    package let reader: ReaderWriter
    /// How many channels a case has.
    package let channelCount: Int
    /// The voxels drawn of all cases together, for each channel.
    private static let drawnVoxels = 100_000_000
    private static let seed: UInt32 = 1234

    package init(reader: ReaderWriter, channelCount: Int) {
        self.reader = reader
        self.channelCount = channelCount
    }

    /// What is kept of one case.
    private struct Summary: Sendable {
        let spacing: [Double]
        let shape: [Int]
        let relativeSize: Double
        let hasForeground: Bool
    }

    /// Makes the fingerprint.
    ///
    /// - Parameters:
    ///   - cases: the training cases.
    ///   - team: each thread does a case at a time.
    ///   - isDone: told after every case, on its thread.
    ///   - isCancelled: asked before every case; true ends with `.cancelled`.
    /// - Throws: the first case's `Problem` where one can't be read or fits its labels not, and where no case has foreground; every other
    ///   problem is told to `isDone`.
    /// - Returns: the fingerprint, and warnings that name their files.
    package func fingerprint(
        of cases: [TrainingCase], team: ThreadTeam, isDone: @Sendable (Problem?) -> Void = { _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws(Problem) -> (fingerprint: DatasetFingerprint, warnings: [String]) {
        guard !cases.isEmpty else { throw Problem(.missing, "there is no training case") }
        let draws = Self.drawnVoxels / cases.count
        let tallies = Mutex([TallyStack](repeating: TallyStack(), count: channelCount))
        let warnings = Mutex<[String]>([])
        let gate = MemoryGate()
        let results = team.map(count: cases.count) { number -> Result<Summary, Problem> in
            let result = Result { () throws(Problem) in
                guard !isCancelled() else { throw .cancelled }
                let (summary, drawn, said) = try found(in: cases[number], draws: draws, gate)
                tallies.withLock { tallies in
                    for (channel, tally) in drawn.enumerated() { tallies[channel].push(tally) }
                }
                warnings.withLock { $0 += said }
                return summary
            }
            if case .failure(let problem) = result { isDone(problem) } else { isDone(nil) }
            return result
        }
        var summaries: [Summary] = []
        for result in results { summaries.append(try result.get()) }
        guard summaries.contains(where: \.hasForeground) else {
            throw Problem(.unsupported, at: cases[0].labelPath, "no case has a voxel with a label above 0")
        }
        // With an empty list among them NumPy's numbers are doubles.
        let isSingle = summaries.allSatisfy(\.hasForeground)
        let properties = tallies.withLock { $0.map { Self.properties(of: $0.joined, isSingle: isSingle) } }
        let fingerprint = DatasetFingerprint(
            spacings: summaries.map(\.spacing), shapesAfterCrop: summaries.map(\.shape),
            medianRelativeSizeAfterCropping: median(summaries.map(\.relativeSize)),
            intensityProperties: .object(properties.enumerated().map { .init("\($0.offset)", $0.element) }),
            ofPictures: reader == .naturalImage2D)
        return (fingerprint, warnings.withLock { $0.sorted() })
    }

    /// What is found in a case, when there is room for it.
    private func found(
        in item: TrainingCase, draws: Int, _ gate: MemoryGate
    ) throws(Problem) -> (summary: Summary, drawn: [IntensityTally], warnings: [String]) {
        try gate.withRoom(for: item.memory(channelCount: channelCount, reader: reader)) {
            Result { () throws(Problem) in try summary(of: item, draws: draws) }
        }.get()
    }

    private func summary(
        of item: TrainingCase, draws: Int
    ) throws(Problem) -> (summary: Summary, drawn: [IntensityTally], warnings: [String]) {
        guard !item.imagePaths.isEmpty else { throw Problem(.missing, at: item.labelPath, "case \(item.name) has no image") }
        let image = try readImage(paths: item.imagePaths, as: reader, zeroingNotFinite: reader.readsNotFiniteAsZero)
        if !reader.readsNotFiniteAsZero, let fault = item.fault(notFinite: image.notFiniteCount) { throw fault }
        if let fault = item.fault(channels: image.image.channelCount, expected: channelCount) { throw fault }
        let labels = try readLabels(path: item.labelPath, as: reader)
        let (shape, own) = (image.image.geometry.arrayShape, labels.labels.geometry.arrayShape)
        if let fault = item.fault(labelShape: own, imageShape: shape) { throw fault }
        let box = NonzeroRegion.boundingBox(image.image.voxels.span, channels: channelCount, shape: shape, team: ThreadTeam(threadCount: 1))
        var random = NumPyRandom(seed: Self.seed)
        var drawn: [IntensityTally] = []
        for channel in 0..<channelCount {
            let values = Self.foreground(image.image.voxels.span, labels.labels.voxels.span, channel: channel, shape: shape, box: box)
            drawn.append(IntensityTally(drawing: draws, from: values, &random))
        }
        let sizes = (box.reduce(1.0) { $0 * Double($1.count) }, shape.reduce(1.0) { $0 * Double($1) })
        let summary = Summary(
            spacing: image.arraySpacing, shape: box.map(\.count), relativeSize: sizes.0 / sizes.1,
            hasForeground: drawn.contains { !$0.values.isEmpty })
        return (summary, drawn, image.warnings)
    }

    /// A channel's values where there are labels, in the file's order.
    private static func foreground(
        _ voxels: Span<Float>, _ labels: Span<UInt16>, channel: Int, shape: [Int], box: [Range<Int>]
    ) -> [Float] {
        var values: [Float] = []
        let first = channel * shape[0] * shape[1] * shape[2]
        for z in box[0] {
            for y in box[1] {
                let row = (z * shape[1] + y) * shape[2]
                for x in box[2] where labels[row + x] > 0 { values.append(voxels[first + row + x]) }
            }
        }
        return values
    }

    /// Keys in upstream's order.
    private static func properties(of tally: IntensityTally, isSingle: Bool) -> OrderedJSON {
        func number(_ value: Double) -> OrderedJSON { .number(isSingle ? Double(Float(value)) : value) }
        return [
            "max": .number(tally.values.last.map(Double.init) ?? .nan), "mean": number(tally.mean), "median": .number(tally.percentile(50)),
            "min": .number(tally.values.first.map(Double.init) ?? .nan), "percentile_00_5": .number(tally.percentile(0.5)),
            "percentile_99_5": .number(tally.percentile(99.5)), "std": number(tally.deviation),
        ]
    }
}

/// Tallies that are joined in pairs of similar size, so that each value is moved a few times only.
private struct TallyStack: Sendable {
    private var tallies: [IntensityTally] = []

    mutating func push(_ tally: IntensityTally) {
        tallies.append(tally)
        while tallies.count > 1, tallies[tallies.count - 2].values.count <= 2 * tallies[tallies.count - 1].values.count {
            let last = tallies.removeLast()
            tallies.append(IntensityTally(tallies.removeLast(), last))
        }
    }

    var joined: IntensityTally { tallies.reversed().reduce(IntensityTally()) { IntensityTally($0, $1) } }
}
