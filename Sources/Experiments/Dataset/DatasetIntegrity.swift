package import Files
import Foundation
package import ImageFiles
import Imaging
import NIfTI
package import Plans
import PythonFormats
import Synchronization
package import Tensors

/// What is wrong with a raw data set (nnU-Net's `verify_dataset_integrity`): every fault of every case, each with its file.
package struct DatasetIntegrity: Sendable {
    /// What keeps the data set from being planned and trained.
    package private(set) var faults: [Problem] = []
    /// What upstream lets pass, or only warns of.
    package private(set) var warnings: [String] = []

    /// Looks at a data set.
    ///
    /// - Parameters:
    ///   - dataset: its description.
    ///   - folder: where it lies.
    ///   - cases: its training cases.
    ///   - reader: the class that reads its files.
    ///   - team: each thread does a case at a time.
    ///   - isDone: told after every case, on its thread.
    ///   - isCancelled: asked before every case; true ends with `.cancelled`.
    /// - Throws: `.cancelled`, and `Problem` for labels that nnU-Net can't understand.
    package init(
        of dataset: DatasetDescription, in folder: String, cases: [TrainingCase], reader: ReaderWriter, team: ThreadTeam,
        isDone: @Sendable () -> Void = {}, isCancelled: @Sendable () -> Bool = { false }
    ) throws(Problem) {
        let description = folder + "/dataset.json"
        let labels = try LabelScheme(dataset, path: description)
        let expected = (labels.allLabels + (labels.ignoreLabel.map { [$0] } ?? [])).sorted()
        checkDescription(dataset, at: description, caseCount: cases.count, labels: expected)
        let checker = CaseChecker(reader: reader, channelCount: dataset.channelNames.count, labels: Set(expected))
        let gate = MemoryGate()
        let results = team.map(count: cases.count) { number -> CaseChecker.Findings? in
            guard !isCancelled() else { return nil }
            defer { isDone() }
            let bytes = cases[number].memory(channelCount: checker.channelCount, reader: reader)
            return gate.withRoom(for: bytes) { checker.findings(cases[number]) }
        }
        for result in results {
            guard let result else { throw .cancelled }
            faults += result.faults
            warnings += result.warnings
        }
        warnings += Self.surplus(in: folder, cases: cases, ending: dataset.fileEnding)
    }

    private mutating func checkDescription(_ dataset: DatasetDescription, at path: String, caseCount: Int, labels: [Int]) {
        for key in ["labels", "channel_names", "numTraining", "file_ending"] where dataset.json[key] == nil {
            faults.append(Problem(.missing, of: .model, at: path, "the key \(key) is not there"))
        }
        if let count = dataset.json["numTraining"]?.double, count != Double(caseCount) {
            faults.append(
                Problem(
                    .unverified, of: .model, at: path, "numTraining", expected: "\(caseCount) as there are cases", found: "\(Int(count))"))
        }
        if let stray = labels.enumerated().first(where: { $0.offset != $0.element }) {
            faults.append(
                Problem(
                    .unverified, of: .model, at: path, "labels must be consecutive (0, 1, 2 …)", expected: "\(stray.offset)",
                    found: "\(stray.element)"))
        }
    }

    /// Label files that no case has.
    private static func surplus(in folder: String, cases: [TrainingCase], ending: String) -> [String] {
        let known = Set(cases.map(\.labelPath))
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/labelsTr")) ?? []).filter { $0.hasSuffix(ending) }
        return names.sorted().map { "\(folder)/labelsTr/\($0)" }.filter { !known.contains($0) }.map { "\($0): labels without an image" }
    }
}

/// Looks at one case.
private struct CaseChecker: Sendable {
    let reader: ReaderWriter
    let channelCount: Int
    let labels: Set<Int>

    struct Findings: Sendable {
        var faults: [Problem] = []
        var warnings: [String] = []
    }

    func findings(_ item: TrainingCase) -> Findings {
        var findings = Findings()
        for path in item.imagePaths + [item.labelPath] where !FileManager.default.fileExists(atPath: path) {
            findings.faults.append(Problem(.missing, at: path, "there is no such file"))
        }
        if item.imagePaths.isEmpty {
            findings.faults.append(Problem(.missing, at: item.labelPath, "case \(item.name) has no image"))
        }
        guard findings.faults.isEmpty else { return findings }
        var image: (shape: [Int], spacing: [Double], source: ImageSource)?
        do throws(Problem) {
            let found = try readImage(paths: item.imagePaths, as: reader)
            image = (found.image.geometry.arrayShape, found.arraySpacing, found.source)
            check(found, item, &findings)
        } catch {
            findings.faults.append(error.at(item.imagePaths[0]))
        }
        do throws(Problem) {
            let found = try readLabels(path: item.labelPath, as: reader)
            check(found.labels.voxels.span, item, &findings)
            findings.warnings += found.warnings
            guard let image else { return findings }
            let (shape, spacing) = (found.labels.geometry.arrayShape, found.arraySpacing)
            if let fault = item.fault(labelShape: shape, imageShape: image.shape) { findings.faults.append(fault) }
            if let fault = item.fault(labelSpacing: spacing, imageSpacing: image.spacing) { findings.faults.append(fault) }
            let differing = placement(found.source, image.source)
            if !differing.isEmpty {
                findings.warnings.append(
                    "\(item.labelPath): its \(differing) from that of \(item.imagePaths[0]); check in an overlay that they lie upon each other."
                )
            }
        } catch {
            findings.faults.append(error.at(item.labelPath))
        }
        return findings
    }

    private func check(_ image: borrowing PresentedImage, _ item: TrainingCase, _ findings: inout Findings) {
        findings.warnings += image.warnings
        // What ITK reads as 0, upstream never sees.
        if !reader.readsNotFiniteAsZero, let fault = item.fault(notFinite: image.notFiniteCount) { findings.faults.append(fault) }
        if let fault = item.fault(channels: image.image.channelCount, expected: channelCount) { findings.faults.append(fault) }
    }

    private func check(_ voxels: Span<UInt16>, _ item: TrainingCase, _ findings: inout Findings) {
        var isThere = [Bool](repeating: false, count: 65_536)
        for index in voxels.indices { isThere[Int(voxels[index])] = true }
        let others = isThere.indices.filter { isThere[$0] && !labels.contains($0) }
        guard !others.isEmpty else { return }
        let listed = { (values: [Int]) in values.prefix(20).map(String.init).joined(separator: ", ") }
        findings.faults.append(
            Problem(.unverified, at: item.labelPath, "its labels", expected: listed(labels.sorted()), found: "also " + listed(others)))
    }

    /// What of a label map's place in space differs from its image's, in words that precede "from …".
    private func placement(_ labels: ImageSource, _ image: ImageSource) -> String {
        if let one = labels.originalAffine, let other = image.originalAffine {
            return areClose(one.elements, other.elements) ? "" : "affine differs"
        }
        let (one, other) = (labels.geometry, image.geometry)
        let origins = [one, other].map { [$0.origin.x, $0.origin.y, $0.origin.z] }
        if !areClose(origins[0], origins[1]) { return "origin differs" }
        return areClose(one.direction.elements, other.direction.elements) ? "" : "direction differs"
    }
}
