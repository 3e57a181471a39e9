package import Files
package import NIfTI
import Plans
import PythonFormats

/// The class probabilities, (heads, z, y, x) float32 in reader order, as nnU-Net's `.npz`.
package struct ProbabilityFile: ResultFile {
    package var step: CaseStep { .write }
    package var ending: String { ".npz" }

    package init() {}

    package func write(_ outcome: borrowing CaseOutcome, _ record: inout CaseRecord, to path: String) throws(Problem) {
        try outcome.writeProbabilities(to: path)
    }

    package func verify(_ path: String, of caseName: String, onGridOf input: ImageSource) throws(Problem) {
        let shape = try readNPZ(path: path).shape
        guard shape.dropFirst().reduce(1, *) == input.geometry.voxelCount else {
            throw .verificationFailed(path: path, reason: "its shape is \(shape), the image has \(input.geometry.voxelCount) voxels")
        }
    }
}

/// Spacing, crop and grid beside the probabilities, as nnU-Net's `.pkl`.
package struct PropertiesFile: ResultFile {
    package var step: CaseStep { .write }
    package var ending: String { ".pkl" }

    package init() {}

    package func write(_ outcome: borrowing CaseOutcome, _ record: inout CaseRecord, to path: String) throws(Problem) {
        try outcome.writeProperties(to: path)
    }

    package func verify(_ path: String, of caseName: String, onGridOf input: ImageSource) throws(Problem) {
        _ = try StoredCaseProperties.read(path: path)
    }
}
