import CITK

/// The formats that are read and written through ITK.
enum ITKFormat: CaseIterable {
    /// https://teem.sourceforge.net/nrrd/format.html
    case nrrd
    /// https://itk.org/Wiki/ITK/MetaIO/Documentation, header and voxels in one file.
    case meta
    /// Guys Image Processing Lab's.
    case gipl

    /// As nnU-Net has it in dataset.json.
    var fileEnding: String {
        switch self {
        case .nrrd: ".nrrd"
        case .meta: ".mha"
        case .gipl: ".gipl"
        }
    }

    /// For people.
    var name: String {
        switch self {
        case .nrrd: "NRRD"
        case .meta: "MetaImage"
        case .gipl: "GIPL"
        }
    }

    /// ITK's reader.
    var code: citk_format {
        switch self {
        case .nrrd: CITK_NRRD
        case .meta: CITK_META
        case .gipl: CITK_GIPL
        }
    }

    /// The format of a file by its name; nil for none of these.
    init?(path: String) {
        guard let found = Self.allCases.first(where: { path.hasSuffix($0.fileEnding) }) else { return nil }
        self = found
    }
}
