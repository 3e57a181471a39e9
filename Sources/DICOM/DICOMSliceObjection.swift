/// Why a DICOM object can't be a slice of a volume, as a clause about its file.
enum DICOMSliceObjection: Equatable {
    /// It is something else: a report, a localizer, a picture in colour. It says nothing about the slices beside it.
    case otherObject(String)
    /// It is an image of the kind that slices are, and something that is needed is missing, wrong or not supported: without it, its series
    /// is not whole.
    case unusable(String)

    var reason: String {
        switch self {
        case .otherObject(let reason), .unusable(let reason): reason
        }
    }
}
