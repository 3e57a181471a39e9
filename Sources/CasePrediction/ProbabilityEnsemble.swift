package import Files
import Foundation
package import ImageFiles
import Imaging
import NIfTI
package import Plans
import PythonFormats
import Segmentation
package import Tensors

/// Averages predictions that were saved with their probabilities (`nnUNetv2_ensemble`).
///
/// Labels that are numbered otherwise and axes that another reader turned are put into the first folder's order, which is exact.
package struct ProbabilityEnsemble: Sendable {
    /// The folders, in the order of their addition.
    package let folders: [String]
    /// The first folder's dataset.json.
    package let dataset: DatasetDescription
    /// Every case that a folder has a mask or probabilities of, sorted by code point.
    package private(set) var caseNames: [String]
    /// For people: what of the folders had to be put into the first one's order.
    package let notes: [String]
    /// nnU-Net's reader and writer class that the masks are written by.
    package let readerWriter: ReaderWriter

    private let members: [Member]
    private let labels: LabelScheme
    private let team: ThreadTeam

    /// One folder of predictions.
    private struct Member: Sendable {
        let folder: String
        /// The folder of a case's files, where it isn't this one.
        let places: [String: String]
        /// Its plans' reader; nil for a folder without plans, as an ensemble's own.
        let reader: ReaderWriter?
        let agreement: MemberAgreement

        func probabilitiesPath(_ name: String) -> String { (places[name] ?? folder) + "/" + name + ".npz" }
        func propertiesPath(_ name: String) -> String { (places[name] ?? folder) + "/" + name + ".pkl" }
    }

    /// Reads plans and dataset of every folder and lists the cases.
    ///
    /// - Throws: `.badModel` where the folders' predictions do not mean the same, both named; `.missing` where there is nothing to average.
    package init(folders: [String], team: ThreadTeam) throws(Problem) {
        try self.init(members: folders.map { ($0, [:]) }, team: team)
        var names: Set<String> = []
        var hasProbabilities = false
        for folder in folders {
            for name in try CaseGrouping.fileNames(in: folder) {
                let ending = [".npz", dataset.fileEnding].first { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
                guard let ending else { continue }
                hasProbabilities = hasProbabilities || ending == ".npz"
                names.insert(String(name.dropLast(ending.count)))
            }
        }
        guard hasProbabilities else {
            throw .missing(path: folders[0], problem: "no .npz file here", advice: "predict with --save_probabilities")
        }
        caseNames = names.sorted(by: CaseNaming.precedes)
    }

    /// Reads plans and dataset of models whose predictions lie in other folders, as those of a cross-validation.
    ///
    /// - Parameters:
    ///   - models: each a folder with plans.json and dataset.json, and the folder of every case.
    ///   - team: averages.
    /// - Throws: `.badModel` where the models' predictions do not mean the same, both named.
    package init(models: [(folder: String, places: [String: String])], team: ThreadTeam) throws(Problem) {
        try self.init(members: models, team: team)
        caseNames = Set(models.flatMap(\.places.keys)).sorted(by: CaseNaming.precedes)
    }

    private init(members sources: [(folder: String, places: [String: String])], team: ThreadTeam) throws(Problem) {
        guard let first = sources.first?.folder else {
            throw .badInput(path: "", problem: "no folder is given", advice: "name at least one")
        }
        folders = sources.map(\.folder)
        self.team = team
        let terms = try MemberAgreement.Terms(folder: first)
        (dataset, labels) = (terms.dataset, terms.labels)
        readerWriter = try Self.reader(of: first, fileEnding: dataset.fileEnding)
        var members: [Member] = []
        for (folder, places) in sources {
            let own = folder == first ? terms : try MemberAgreement.Terms(folder: folder)
            let agreement = try MemberAgreement(of: own, with: terms)
            let hasPlans = FileManager.default.fileExists(atPath: folder + "/plans.json")
            let reader = hasPlans ? try Self.reader(of: folder, fileEnding: dataset.fileEnding) : nil
            members.append(Member(folder: folder, places: places, reader: reader, agreement: agreement))
        }
        self.members = members
        notes = members.flatMap(\.agreement.notes)
        caseNames = []
    }

    /// The ending of the label files.
    package var fileEnding: String { dataset.fileEnding }

    /// The files that a case is averaged from, whether they are there or not.
    package func inputPaths(of name: String) -> [String] {
        members.flatMap { [$0.probabilitiesPath(name), $0.propertiesPath(name)] }
    }

    /// One case's labels from the average of its probabilities; geometry and properties are those of the first folder.
    ///
    /// - Throws: `.badInput` where a folder lacks the case, a file is damaged, or the folders' predictions are not of one image.
    package func average(_ name: String, keepsProbabilities: Bool = false) throws(Problem) -> CaseOutcome {
        var stopwatch = Stopwatch()
        var start = ContinuousClock.now
        try requireFiles(of: name)
        let properties = try members.map { member throws(Problem) in
            try Self.properties(member.propertiesPath(name), reader: member.reader)
        }
        var maps: [ProbabilityMap] = []
        var sources: [ImageSource] = []
        for (member, properties) in zip(members, properties) {
            let map = try probabilities(member.probabilitiesPath(name))
            let (own, expected) = (Array(map.values.shape[1...]), properties.shapeBeforeCropping)
            guard own.sorted() == expected.sorted() else {
                throw .badInput(
                    path: member.probabilitiesPath(name),
                    problem: "it has \(own) voxels, and \(member.propertiesPath(name)) is of an image of \(expected)",
                    advice: "predict this case again with --save_probabilities")
            }
            maps.append(map)
            sources.append(
                try properties.source(
                    shape: Array(map.values.shape[1...]), reader: member.reader ?? readerWriter, path: member.propertiesPath(name)))
        }
        let source = sources[0]
        let alignments = try alignments(of: name, sources)
        stopwatch.add(.read, since: start)
        start = ContinuousClock.now
        do {
            let exported = try ensembleLabels(
                averaging: maps, alignments: alignments, labels: labels, keepProbabilities: keepsProbabilities, team: team)
            let probabilities = exported.probabilities
            stopwatch.add(.export, since: start)
            return CaseOutcome(
                name: name, labels: exported.takeLabels(source.geometry), source: source, readerWriter: readerWriter,
                properties: properties[0], probabilities: probabilities, timings: stopwatch.timings, warnings: [], meaning: labels)
        } catch {
            throw error.at(input: members[0].probabilitiesPath(name), model: folders[0])
        }
    }

    /// How each member's array lies on the first one's; they must be of one image.
    private func alignments(of name: String, _ sources: [ImageSource]) throws(Problem) -> [MemberAlignment] {
        try zip(members, sources).map { member, own throws(Problem) in
            if let difference = own.difference(from: sources[0]) {
                throw .badInput(
                    path: member.propertiesPath(name),
                    problem: "it is not of the image of \(members[0].propertiesPath(name)): \(difference)",
                    advice: "predict the same cases with every model")
            }
            return member.agreement.alignment(of: own, to: sources[0])
        }
    }

    /// Every folder must have both files of the case.
    private func requireFiles(of name: String) throws(Problem) {
        for path in inputPaths(of: name) where !FileManager.default.fileExists(atPath: path) {
            throw .badInput(
                path: path, problem: "there is no such file, so not every folder has the case \(name) with its probabilities",
                advice: "predict the case with every model and --save_probabilities")
        }
    }

    private func probabilities(_ path: String) throws(Problem) -> ProbabilityMap {
        let array = try readNPZ(path: path, key: "probabilities")
        func refusal(_ problem: String) -> Problem {
            .badInput(path: path, problem: problem, advice: "predict the case again with --save_probabilities")
        }
        guard array.shape.count == 4, array.shape[0] == labels.headCount else {
            throw refusal("the probabilities have the shape \(array.shape) instead of (\(labels.headCount), z, y, x)")
        }
        let strangers = Self.countNotFinite(array.values)
        guard strangers == 0 else { throw refusal("\(strangers) of its probabilities are no finite numbers") }
        let shape = array.shape
        return ProbabilityMap(values: Tensor(shape: shape, buffer: array.takeValues()))
    }

    private static func countNotFinite(_ values: borrowing FloatBuffer) -> Int {
        let values = values.span
        return values.indices.count { !values[$0].isFinite }
    }

    /// The reader that the folder's plans name: it turned the axes of the folder's arrays.
    private static func reader(of folder: String, fileEnding: String) throws(Problem) -> ReaderWriter {
        let name = try Plans(contentsOf: folder + "/plans.json").imageReaderWriter
        return try CasePrediction.readerWriter(named: name, fileEnding: fileEnding, of: folder)
    }

    /// Reads a `.pkl`, which must be of the reader that the plans name where there are plans.
    private static func properties(_ path: String, reader: ReaderWriter?) throws(Problem) -> StoredCaseProperties {
        let properties: StoredCaseProperties
        do {
            properties = try StoredCaseProperties.read(path: path)
        } catch {
            throw .badInput(path: path, problem: error.finding, advice: "predict the case again with --save_probabilities")
        }
        if let reader, properties.reader != (reader.isMedical ? reader : nil) {
            throw .badInput(
                path: path,
                problem: "it was written by \(properties.reader?.rawValue ?? "another reader"), the plans name \(reader.rawValue)",
                advice: "keep plans.json and predictions of one model together")
        }
        return properties
    }
}

extension StoredCaseProperties {
    /// The reader whose kind of grid this is; nil for one of pictures, which has no place in the patient.
    fileprivate var reader: ReaderWriter? {
        switch grid {
        case .simpleITK(_, _, _, let orientation): orientation == nil ? .simpleITK : .simpleITKReorient
        case .nibabel(_, let reoriented): reoriented == nil ? .nibabel : .nibabelReorient
        case .none: nil
        }
    }
}
