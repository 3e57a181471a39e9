/// The kinds of DICOM objects: which become volumes and, for the others, what they are called.
enum DICOMStorageClass {
    static let computedTomography = "1.2.840.10008.5.1.4.1.1.2"
    static let magneticResonance = "1.2.840.10008.5.1.4.1.1.4"

    /// Whether an object of this SOP class is a slice of a CT or MR series.
    static func isSlice(_ uid: String) -> Bool {
        uid == computedTomography || uid == magneticResonance
    }

    /// The modality that objects of a slice's SOP class must have (PS3.3, C.8.2.1 and C.8.3.1); nil for others.
    static func modality(of uid: String) -> String? {
        switch uid {
        case computedTomography: "CT"
        case magneticResonance: "MR"
        default: nil
        }
    }

    /// What an object is that is no slice, for the sentence "is …".
    static func nameWithArticle(of uid: String) -> String {
        let name = name(of: uid)
        let isSpokenWithVowel = ["a", "e", "E", "i", "o", "u", "MR", "X"].contains { name.hasPrefix($0) }
        return (isSpokenWithVowel ? "an " : "a ") + name
    }

    /// What an object is that is no slice.
    static func name(of uid: String) -> String {
        let storage = "1.2.840.10008.5.1.4.1.1."
        guard uid.hasPrefix(storage) else {
            return uid == "1.2.840.10008.1.3.10" ? "media directory (DICOMDIR)" : "object of the unknown SOP class \(uid)"
        }
        let tail = String(uid.dropFirst(storage.count))
        if let name = names[tail] { return name }
        if tail.hasPrefix("7.") { return "multi-frame secondary capture" }
        if tail.hasPrefix("9.") { return "waveform" }
        if tail.hasPrefix("11.") { return "presentation state" }
        if tail.hasPrefix("77.") { return "visible light image" }
        if tail.hasPrefix("88.") { return "structured report" }
        if tail.hasPrefix("104.") { return "encapsulated document" }
        if tail.hasPrefix("481.") { return "radiotherapy object" }
        return "object of SOP class \(uid)"
    }

    private static let names = [
        "1": "computed radiography image", "1.1": "digital X-ray image", "1.1.1": "digital X-ray image for processing",
        "1.2": "mammography image", "1.3": "intra-oral X-ray image", "2.1": "Enhanced CT multi-frame image",
        "2.2": "legacy converted Enhanced CT multi-frame image", "3.1": "ultrasound multi-frame image",
        "4.1": "Enhanced MR multi-frame image", "4.2": "MR spectroscopy object", "4.3": "Enhanced MR colour image",
        "4.4": "legacy converted Enhanced MR multi-frame image", "6.1": "ultrasound image", "6.2": "Enhanced ultrasound volume",
        "7": "secondary capture", "12.1": "X-ray angiography image", "12.2": "X-ray fluoroscopy image",
        "12.1.1": "Enhanced X-ray angiography multi-frame image", "13.1.1": "X-ray 3D angiographic multi-frame image",
        "13.1.3": "breast tomosynthesis multi-frame image", "20": "nuclear medicine image", "30": "parametric map",
        "66": "raw data object", "66.1": "spatial registration", "66.2": "spatial fiducials object", "66.4": "segmentation (SEG)",
        "66.5": "surface segmentation", "66.7": "label map segmentation", "77.1.6": "whole-slide microscopy image of many tiles",
        "128": "PET image", "128.1": "legacy converted Enhanced PET multi-frame image", "130": "Enhanced PET multi-frame image",
        "481.1": "radiotherapy image (RTIMAGE)", "481.2": "radiotherapy dose (RTDOSE)", "481.3": "radiotherapy structure set (RTSTRUCT)",
        "481.5": "radiotherapy plan (RTPLAN)",
    ]
}
