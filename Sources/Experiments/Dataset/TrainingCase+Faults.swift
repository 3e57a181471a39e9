import Files
import ImageFiles
import NIfTI

/// What may be wrong with a case that was read; nil where it is right.
extension TrainingCase {
    func fault(notFinite count: Int) -> Problem? {
        count == 0
            ? nil
            : Problem(
                .unsupported, at: imagePaths[0], "\(count) voxels of the case are NaN or infinite",
                advice: "replace them with what makes sense for these images")
    }

    func fault(channels found: Int, expected: Int) -> Problem? {
        found == expected
            ? nil : Problem(.unverified, at: imagePaths[0], "the channels of case \(name)", expected: "\(expected)", found: "\(found)")
    }

    func fault(labelShape found: [Int], imageShape expected: [Int]) -> Problem? {
        found == expected
            ? nil : Problem(.unverified, at: labelPath, "its shape", expected: "\(expected) as the images", found: "\(found)")
    }

    func fault(labelSpacing found: [Double], imageSpacing expected: [Double]) -> Problem? {
        areClose(found, expected)
            ? nil : Problem(.unverified, at: labelPath, "its spacing", expected: "\(expected) as the images", found: "\(found)")
    }
}

extension ReaderWriter {
    /// Whether what is no number in a file is 0 to the class, as ITK has it.
    var readsNotFiniteAsZero: Bool { self == .simpleITK || self == .simpleITKReorient }
}
