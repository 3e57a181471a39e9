import Experiments
import Files
import SystemPackage
import Tensors

/// Checks raw data sets and takes their fingerprints, a line for every fault and every warning.
struct DatasetFingerprinting {
    let team: ThreadTeam
    let showsProgress: Bool

    /// Fails where anything is wrong with a data set, after all of it was named.
    func verify(_ raw: RawDataset) throws {
        let cases = try raw.cases()
        let counter = CaseCounter(cases.count, isShown: showsProgress)
        defer { counter.clear() }
        let found = try DatasetIntegrity(
            of: raw.description, in: raw.folder, cases: cases, reader: raw.reader(), team: team, isDone: { counter.count() },
            isCancelled: { Interruption.isRequested })
        counter.clear()
        for warning in found.warnings { Console.problem("warning: \(warning)") }
        for fault in found.faults { Console.problem("\(fault)") }
        guard found.faults.isEmpty else {
            throw Failure(
                .badInput, "\(raw.folder): \(found.faults.count) fault\(found.faults.count == 1 ? "" : "s"), see above; nothing was written"
            )
        }
        Console.line("\(raw.folder): \(cases.count) cases, nothing is wrong")
    }

    /// Makes a fingerprint, which appears when it is whole.
    func fingerprint(of raw: RawDataset, to output: String) throws -> DatasetFingerprint {
        let cases = try raw.cases()
        guard !cases.isEmpty else { throw Failure(.missing, "\(raw.folder)/imagesTr: no image ends with \(raw.description.fileEnding)") }
        let counter = CaseCounter(cases.count, isShown: showsProgress)
        defer { counter.clear() }
        let extractor = FingerprintExtractor(reader: try raw.reader(), channelCount: raw.description.channelNames.count)
        let (fingerprint, warnings) = try extractor.fingerprint(
            of: cases, team: team,
            isDone: { problem in
                counter.count()
                if let problem, problem.kind != .cancelled { Console.problem("\(problem)") }
            }, isCancelled: { Interruption.isRequested })
        counter.clear()
        for warning in warnings { Console.problem("warning: \(warning)") }
        try FileSystem.makeFolder(FilePath(output).parent, mode: 0o755, acceptsLink: true)
        try AtomicFile.write(Array(fingerprint.json.pythonText().utf8), to: output)
        Console.line("\(output): \(cases.count) cases")
        return fingerprint
    }
}
