/// The kinds of DICOM objects: which become volumes and, for the others, what they are called.
enum DICOMStorageClass {
    static let computedTomography = "1.2.840.10008.5.1.4.1.1.2"
    static let magneticResonance = "1.2.840.10008.5.1.4.1.1.4"

    /// Whether an object of this SOP class is a slice of a CT or MR series.
    static func isSlice(_ uid: String) -> Bool {
        uid == computedTomography || uid == magneticResonance
    }

    /// What an object is that is no slice, for the sentence "is a …".
    static func name(of uid: String) -> String {
        let storage = "1.2.840.10008.5.1.4.1.1."
        guard uid.hasPrefix(storage) else {
            return uid == "1.2.840.10008.1.3.10" ? "media directory (DICOMDIR)" : "object of the unknown SOP class \(uid)"
        }
        let tail = String(uid.dropFirst(storage.count))
        if let name = names[tail] { return name }
        if tail.hasPrefix("7.") { return "secondary capture" }
        if tail.hasPrefix("11.") { return "presentation state" }
        if tail.hasPrefix("88.") { return "structured report" }
        if tail.hasPrefix("104.") { return "encapsulated document" }
        if tail.hasPrefix("481.") { return "radiotherapy object" }
        return "object of SOP class \(uid)"
    }

    private static let names = [
        "1": "computed radiography image", "1.1": "digital X-ray image", "2.1": "Enhanced CT multi-frame image",
        "2.2": "legacy converted Enhanced CT multi-frame image", "3.1": "ultrasound multi-frame image",
        "4.1": "Enhanced MR multi-frame image",
        "4.2": "MR spectroscopy object", "4.3": "Enhanced MR colour image", "4.4": "legacy converted Enhanced MR multi-frame image",
        "6.1": "ultrasound image", "7": "secondary capture", "12.1": "X-ray angiography image", "20": "nuclear medicine image",
        "66": "raw data object", "66.1": "spatial registration", "66.2": "spatial fiducials object", "66.4": "segmentation (SEG)",
        "66.5": "surface segmentation", "66.7": "label map segmentation", "128": "PET image", "130": "Enhanced PET multi-frame image",
        "481.1": "radiotherapy image (RTIMAGE)", "481.2": "radiotherapy dose (RTDOSE)", "481.3": "radiotherapy structure set (RTSTRUCT)",
        "481.5": "radiotherapy plan (RTPLAN)",
    ]
}
