package import Files
package import ImageFiles
package import NIfTI
import SystemPackage
package import TrainedModels

/// What is written for a case, in the order in which it is written; all of it is there, or the case has failed.
package struct ResultSet: Sendable {
    /// The one without which there is no case comes first where the others tell of it, and last where its presence says that all are there.
    package let files: [any ResultFile]

    package init(_ files: [any ResultFile]) { self.files = files }

    /// What the daemon publishes: mask, overlay, report.
    ///
    /// - `postprocessing`: the recipe's file, which the report names.
    package static func published(
        by predictor: CasePredictor, known: KnownCheckpoints, postprocessing: String? = nil
    ) -> ResultSet {
        ResultSet([
            MaskFile(readerWriter: predictor.readerWriter), OverlayFile(predictor: predictor),
            ReportFile(predictor: predictor, known: known, postprocessing: postprocessing),
        ])
    }

    /// What nnU-Net's commands leave; the labels come last, so that a case with labels is a complete one.
    ///
    /// - `ending`: of the model's images, as in `.nii.gz`.
    /// - `probabilities`: whether `.npz` and `.pkl` are kept, which an ensemble averages.
    package static func nnUNet(as readerWriter: ReaderWriter, ending: String, probabilities: Bool) -> ResultSet {
        let mask = MaskFile(readerWriter: readerWriter, ending: ending, acceptsOtherWriters: true)
        return ResultSet(probabilities ? [ProbabilityFile(), PropertiesFile(), mask] : [mask])
    }

    /// Writes every file into a folder; the outcome's warnings and timings and those of the files are noted in the record on the way.
    ///
    /// - `progress`: told the step at the start of each file.
    package func write(
        _ outcome: borrowing CaseOutcome, _ record: inout CaseRecord, into folder: String, progress: (CaseStep) -> Void = { _ in }
    ) throws(Problem) {
        record.add(outcome)
        for file in files {
            progress(file.step)
            let start = ContinuousClock.now
            try file.write(outcome, &record, to: folder + "/" + file.name(of: outcome.name))
            record.writing.add(file.step, since: start)
        }
    }

    /// Reads a case's files back from a folder.
    ///
    /// - `input`: the grid of the case's first channel.
    package func verify(_ caseName: String, in folder: String, onGridOf input: ImageSource) throws(Problem) {
        for file in files {
            let path = folder + "/" + file.name(of: caseName)
            if file.isOptional, try FileSystem.facts(of: FilePath(path)) == nil { continue }
            try file.verify(path, of: caseName, onGridOf: input)
        }
    }
}
