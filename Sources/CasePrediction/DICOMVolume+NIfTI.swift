package import DICOM
package import Files
import NIfTI

extension DICOMVolume {
    /// Writes the volume as NIfTI, as ITK would write it: int16 where the voxels are exact integers, float32 otherwise.
    package func write(to path: String) throws(Problem) {
        switch voxels {
        case .int16(let volume): try writeVolume(volume, to: path)
        case .float(let volume): try writeVolume(volume, to: path)
        }
    }
}
