/// nnU-Net's reader and writer classes for NIfTI; the raw value is the class's name in plans.json. Each presents the same file with its own
/// axis order, spacing and header.
package enum NIfTIReaderWriter: String, Sendable, CaseIterable {
    /// ITK's rules, axes as stored.
    case simpleITK = "SimpleITKIO"
    /// nibabel's rules, axes as stored, three dimensions only.
    case nibabel = "NibabelIO"
    /// nibabel's rules, axes turned towards right, anterior, superior.
    case nibabelReorient = "NibabelIOWithReorient"
    /// ITK's rules, axes turned towards right, anterior, superior; labels are always written as uint8.
    case simpleITKReorient = "SimpleITKIOWithReorient"

    /// Whether voxels and geometry follow nibabel, not ITK.
    var followsNibabel: Bool { self == .nibabel || self == .nibabelReorient }

    /// Whether axes are turned.
    var reorients: Bool { self == .nibabelReorient || self == .simpleITKReorient }
}
