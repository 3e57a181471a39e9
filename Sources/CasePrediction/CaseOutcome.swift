package import Files
package import ImageFiles
package import Imaging
package import NIfTI
package import Plans
import PythonFormats
package import Segmentation
import Tensors

/// What a case gave: labels on the input's grid, and what is needed to write and report them.
package struct CaseOutcome: ~Copyable {
    /// The case's name.
    package let name: String
    /// The labels, voxels in the reader's order; their geometry is the input's.
    package let labels: LabelMap
    /// What the writer needs to put them on the input's own grid.
    package let source: ImageSource
    /// nnU-Net's reader and writer class of the (first) model.
    package let readerWriter: ReaderWriter
    /// Spacing, crop and grid, as the `.pkl` beside an `.npz` holds them, of the first model.
    package let properties: StoredCaseProperties
    /// (heads, z, y, x) in reader order, float32; only when the options asked for it.
    package let probabilities: ProbabilityMap?
    /// Wall time for each step, in the order they ran first.
    package let timings: [StepTiming]
    /// For people: what is unusual about the case.
    package let warnings: [String]
    /// Which labels reach the first and the last slice.
    package let scanEnds: ScanEnds

    /// - `meaning`: the values' meaning, to name what reaches an end of the scan.
    init(
        name: String, labels map: consuming LabelMap, source: ImageSource, readerWriter: ReaderWriter,
        properties: StoredCaseProperties, probabilities: ProbabilityMap?, timings: [StepTiming], warnings: [String],
        meaning: LabelScheme
    ) {
        let ends = ScanEnds(map)
        self.name = name
        labels = map
        self.source = source
        self.readerWriter = readerWriter
        self.properties = properties
        self.probabilities = probabilities
        self.timings = timings
        self.warnings = warnings + meaning.warnings(about: ends)
        scanEnds = ends
    }
}

extension LabelScheme {
    /// More names than this are counted, not listed.
    private static let listedNames = 12

    /// One sentence that names what may go on beyond the scan; none where nothing reaches its ends.
    fileprivate func warnings(about ends: ScanEnds) -> [String] {
        let parts = ends.ends.compactMap { end -> String? in
            let names = structures.filter { $0.values.contains { end.values.contains($0) } }.map(\.name)
            guard !names.isEmpty else { return nil }
            let more = names.count > Self.listedNames ? " and \(names.count - Self.listedNames) more" : ""
            return "\(end.direction): " + names.prefix(Self.listedNames).joined(separator: ", ") + more
        }
        guard !parts.isEmpty else { return [] }
        return ["labels reach the scan's outermost slices (\(parts.joined(separator: "; "))); what lies beyond is in no volume."]
    }
}

extension CaseOutcome {
    /// Writes the labels on the input's grid, reads the file back and compares shape, geometry and every voxel.
    ///
    /// The file appears under its name only when it is complete (temporary name, fsync, rename).
    package borrowing func writeLabels(to path: String) throws(Problem) {
        try ImageFiles.writeLabels(labels, to: path, source: source, as: readerWriter)
        try verifyLabels(at: path, equal: labels, source: source, as: readerWriter)
    }

    /// Writes the probabilities, which must have been asked for, as NumPy's `.npz` under nnU-Net's key.
    package borrowing func writeProbabilities(to path: String) throws(Problem) {
        guard let probabilities else { throw .computation(problem: "the probabilities of \(name) were not kept") }
        try write(probabilities.values, to: path)
    }

    /// Writes nnU-Net's `.pkl` of the case.
    package borrowing func writeProperties(to path: String) throws(Problem) {
        try properties.write(to: path)
    }
}

private func write(_ values: borrowing Tensor, to path: String) throws(Problem) {
    try writeNPZ(path: path, key: "probabilities", shape: values.shape, values: values.buffer.span)
}
