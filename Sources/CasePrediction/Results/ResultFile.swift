package import Files
package import NIfTI

/// One file of a case's results: what it is called, how it is written, and how it is read back.
///
/// A new one is a type of its own and a place in a list of ``ResultSet``; daemon and command line go by these lists.
package protocol ResultFile: Sendable {
    /// The step that its writing is shown and timed as.
    var step: CaseStep { get }

    /// What follows the case's name: `.nii.gz`, `_overlay.png`.
    var ending: String { get }

    /// Whether a case may go on without the file, which then says why in the record's warnings.
    var isOptional: Bool { get }

    /// Makes the file; it appears under its name only when it is whole (temporary name, fsync, rename).
    ///
    /// - `outcome`: what was predicted.
    /// - `record`: what is known of the case besides, with the timings and warnings of the files written before.
    /// - `path`: the file.
    func write(_ outcome: borrowing CaseOutcome, _ record: inout CaseRecord, to path: String) throws(Problem)

    /// Reads the file back.
    ///
    /// - `path`: the file.
    /// - `caseName`: the case that it must be of.
    /// - `input`: the grid of the case's first channel.
    func verify(_ path: String, of caseName: String, onGridOf input: ImageSource) throws(Problem)
}

extension ResultFile {
    package var isOptional: Bool { false }

    /// The file's name.
    package func name(of caseName: String) -> String { caseName + ending }
}
