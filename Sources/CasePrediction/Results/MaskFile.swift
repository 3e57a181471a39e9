package import Files
package import ImageFiles
package import NIfTI

/// The labels on the input's own grid, written as nnU-Net's writer does.
package struct MaskFile: ResultFile {
    /// nnU-Net's reader and writer class.
    let readerWriter: ReaderWriter
    package let ending: String
    /// Whether a label map on the right grid counts, whoever wrote it (`--continue_prediction`); otherwise its header must be ours.
    let acceptsOtherWriters: Bool

    package var step: CaseStep { .write }

    package init(readerWriter: ReaderWriter, ending: String = ".nii.gz", acceptsOtherWriters: Bool = false) {
        self.readerWriter = readerWriter
        self.ending = ending
        self.acceptsOtherWriters = acceptsOtherWriters
    }

    /// Writes the labels, reads the file back and compares shape, geometry and every voxel.
    package func write(_ outcome: borrowing CaseOutcome, _ record: inout CaseRecord, to path: String) throws(Problem) {
        try outcome.writeLabels(to: path)
    }

    package func verify(_ path: String, of caseName: String, onGridOf input: ImageSource) throws(Problem) {
        guard acceptsOtherWriters else { return try verifyLabels(at: path, onGridOf: input, as: readerWriter) }
        if let difference = try readLabels(path: path, as: readerWriter).source.difference(from: input) {
            throw .verificationFailed(path: path, reason: difference)
        }
    }
}
