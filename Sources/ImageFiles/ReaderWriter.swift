package import NIfTI

/// nnU-Net's reader and writer classes; the raw value is the class's name in plans.json. Each presents the same file in its own way.
///
/// The order is that in which nnU-Net's own detection tries them.
package enum ReaderWriter: String, Sendable, CaseIterable {
    /// Planar pictures: PNG, BMP and TIFF; the colours of a picture are channels.
    case naturalImage2D = "NaturalImage2DIO"
    /// ITK's rules, axes as stored.
    case simpleITK = "SimpleITKIO"
    /// TIFF as volumes, whose spacing is in a JSON file beside them.
    case tiff3D = "Tiff3DIO"
    /// nibabel's rules, axes as stored, three dimensions only.
    case nibabel = "NibabelIO"
    /// nibabel's rules, axes turned towards right, anterior, superior.
    case nibabelReorient = "NibabelIOWithReorient"
    /// ITK's rules, axes turned towards right, anterior, superior; labels are always written as uint8.
    case simpleITKReorient = "SimpleITKIOWithReorient"

    /// The endings of the files that the class reads and writes here.
    package var fileEndings: [String] {
        switch self {
        case .naturalImage2D: [".png", ".bmp", ".tif", ".tiff"]
        case .tiff3D: [".tif", ".tiff"]
        case .simpleITK, .simpleITKReorient: [".nii.gz", ".nii"] + ITKFormat.allCases.map(\.fileEnding)
        case .nibabel, .nibabelReorient: [".nii.gz", ".nii"]
        }
    }

    /// The endings for which nnU-Net's detection tries the class; none for one that only a name chooses.
    package var detectedEndings: [String] {
        switch self {
        case .naturalImage2D: [".png", ".bmp", ".tif"]
        case .tiff3D: fileEndings
        case .simpleITK: [".nii.gz"] + ITKFormat.allCases.map(\.fileEnding)
        case .nibabel, .nibabelReorient: [".nii", ".nii.gz"]
        case .simpleITKReorient: []
        }
    }

    /// Whether files lie in the patient, so that NIfTI and DICOM can stand for them. Pictures have no place.
    package var isMedical: Bool { nifti != nil }

    /// Whether one file may hold several of a case's channels: the colours of a picture.
    package var filesHoldSeveralChannels: Bool { self == .naturalImage2D }

    /// The rules for NIfTI; nil for a class that reads none.
    package var nifti: NIfTIReaderWriter? {
        switch self {
        case .naturalImage2D, .tiff3D: nil
        case .simpleITK: .simpleITK
        case .simpleITKReorient: .simpleITKReorient
        case .nibabel: .nibabel
        case .nibabelReorient: .nibabelReorient
        }
    }

    /// The class that nnU-Net's detection chooses for files: the first of those that take the ending and, with an example, can read it.
    ///
    /// - Parameters:
    ///   - fileEnding: dot included; upper and lower case are the same.
    ///   - example: a file whose header is read; nil where that is not asked.
    ///   - acceptsOtherEndings: whether classes that don't take the ending are tried, too, each in its turn.
    /// - Returns: nil where there is none.
    package static func detected(fileEnding: String, example: String? = nil, acceptsOtherEndings: Bool = false) -> ReaderWriter? {
        let ending = fileEnding.lowercased()
        return allCases.first { candidate in
            guard candidate != .simpleITKReorient else { return false }
            let takesEnding = candidate.detectedEndings.contains(ending)
            guard let example else { return takesEnding }
            return (takesEnding || acceptsOtherEndings) && candidate.canRead(example)
        }
    }

    private func canRead(_ path: String) -> Bool { (try? readGrid(path: path, as: self)) != nil }
}
