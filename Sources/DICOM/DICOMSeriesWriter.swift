import Compression
package import Files
import Glibc
package import Imaging
import SystemPackage

/// Writes a volume as a DICOM series of single-frame CT or MR images of a synthetic patient, for phantoms and tests.
///
/// Explicit little endian, 16-bit signed samples without rescaling, one file per slice, UIDs below 2.25. IODs: PS3.3 A.3 and A.4.
package struct DICOMSeriesWriter: Sendable {
    /// The kind of images.
    package enum Modality: String, Sendable {
        /// CT Image Storage; voxels are Hounsfield units.
        case computedTomography = "CT"
        /// MR Image Storage.
        case magneticResonance = "MR"
    }

    /// The kind of images.
    package var modality: Modality
    /// (0020,0011).
    package var seriesNumber: Int
    /// (0008,103E), at most 64 characters.
    package var seriesDescription: String
    /// Where the UIDs come from: writers with one seed share study and frame of reference, and differ in the series by series number.
    package var seed: UInt64

    /// Makes a writer; without a seed every writer makes a study of its own.
    package init(
        modality: Modality = .computedTomography, seriesNumber: Int = 1, seriesDescription: String = "Phantom", seed: UInt64? = nil
    ) {
        self.modality = modality
        self.seriesNumber = seriesNumber
        self.seriesDescription = seriesDescription
        self.seed = seed ?? .random(in: 0 ... .max)
    }

    /// Writes one file per slice, `0001.dcm` and so on, into a folder, which is made if it is missing.
    ///
    /// Each file is synced and gets its name when it is whole.
    ///
    /// - `volume`: at least one voxel; its direction must be orthonormal. Slices are those of the z axis.
    /// - Returns: the paths, in the order of z.
    package func write(_ volume: borrowing Volume<Int16>, toFolder folder: String) throws(Problem) -> [String] {
        try FileSystem.makeFolder(FilePath(folder), mode: 0o755, acceptsLink: true)
        let objects = try objects(volume, path: folder)
        var paths: [String] = []
        for (index, object) in objects.enumerated() {
            let number = String(index + 1)
            let path = folder + "/" + String(repeating: "0", count: max(0, 4 - number.count)) + number + ".dcm"
            try AtomicFile.write(object.encodedFile(), to: path)
            paths.append(path)
        }
        return paths
    }

    /// The objects of a volume, slice by slice; `path` only names the target in errors.
    package func objects(_ volume: borrowing Volume<Int16>, path: String) throws(Problem) -> [DICOMObject] {
        let geometry = volume.geometry
        let deviation = (geometry.direction.transposed * geometry.direction).elements
        guard zip(deviation, Matrix3.identity.elements).allSatisfy({ abs($0 - $1) < DICOMTolerance.orthonormality }) else {
            throw .unsupported(path: path, reason: "DICOM slices need perpendicular axes, and those of the volume are not")
        }
        guard geometry.voxelCount > 0, max(geometry.size.x, geometry.size.y) <= DICOMFileHeader.largestSide else {
            throw .unsupported(path: path, reason: "a slice of \(geometry.size.x)×\(geometry.size.y) pixels is not a DICOM image")
        }
        var series = seriesAttributes(geometry)
        var instances = DICOMUIDGenerator(seed: seed &+ UInt64(truncatingIfNeeded: seriesNumber) &* 0x1_0000)
        series.set(0x0020, 0x000e, "UI", instances.next())
        var objects: [DICOMObject] = []
        for z in 0..<geometry.size.z {
            var object = series
            object.set(0x0008, 0x0018, "UI", instances.next())
            object.set(0x0020, 0x0013, "IS", "\(z + 1)")
            let position = geometry.physicalPoint(of: SIMD3(0, 0, Double(z)))
            object.set(0x0020, 0x0032, "DS", DICOMDecimal.text(position))
            object.set(0x7fe0, 0x0010, "OW", bytes: Self.pixels(volume, z: z))
            objects.append(object)
        }
        return objects
    }

    private static func pixels(_ volume: borrowing Volume<Int16>, z: Int) -> [UInt8] {
        let count = volume.geometry.size.x * volume.geometry.size.y
        let voxels = volume.voxels.span
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * count)
        for index in (z * count)..<((z + 1) * count) {
            let word = UInt16(bitPattern: voxels[index])
            bytes.append(UInt8(truncatingIfNeeded: word))
            bytes.append(UInt8(truncatingIfNeeded: word >> 8))
        }
        return bytes
    }

    /// What all slices have in common.
    private func seriesAttributes(_ geometry: ImageGeometry) -> DICOMObject {
        var study = DICOMUIDGenerator(seed: seed)
        let direction = geometry.direction
        var object = DICOMObject()
        object.set(0x0008, 0x0005, "CS", "ISO_IR 192")
        object.set(0x0008, 0x0008, "CS", modality == .computedTomography ? "ORIGINAL\\PRIMARY\\AXIAL" : "ORIGINAL\\PRIMARY\\OTHER")
        object.set(
            0x0008, 0x0016, "UI",
            modality == .computedTomography ? DICOMStorageClass.computedTomography : DICOMStorageClass.magneticResonance)
        for (group, element, representation) in Self.emptyAttributes { object.set(group, element, representation, "") }
        // Fixed, so that a seed determines every byte.
        object.set(0x0008, 0x0020, "DA", "20000101")
        object.set(0x0008, 0x0030, "TM", "000000")
        object.set(0x0008, 0x0060, "CS", modality.rawValue)
        object.set(0x0008, 0x0070, "LO", "nnunetd")
        object.set(0x0008, 0x103e, "LO", String(seriesDescription.prefix(64)))
        object.set(0x0010, 0x0010, "PN", "PHANTOM^")
        object.set(0x0010, 0x0020, "LO", "PHANTOM")
        object.set(0x0018, 0x0050, "DS", DICOMDecimal.text(geometry.spacing.z))
        object.set(0x0018, 0x5100, "CS", "HFS")
        object.set(0x0020, 0x000d, "UI", study.next())
        object.set(0x0020, 0x0010, "SH", "1")
        object.set(0x0020, 0x0011, "IS", "\(seriesNumber)")
        object.set(0x0020, 0x0012, "IS", "1")
        object.set(0x0020, 0x0037, "DS", DICOMDecimal.text(direction.column(0)) + "\\" + DICOMDecimal.text(direction.column(1)))
        object.set(0x0020, 0x0052, "UI", study.next())
        object.set(0x0028, 0x0002, 1)
        object.set(0x0028, 0x0004, "CS", "MONOCHROME2")
        object.set(0x0028, 0x0010, geometry.size.y)
        object.set(0x0028, 0x0011, geometry.size.x)
        object.set(0x0028, 0x0030, "DS", DICOMDecimal.text(geometry.spacing.y) + "\\" + DICOMDecimal.text(geometry.spacing.x))
        object.set(0x0028, 0x0100, 16)
        object.set(0x0028, 0x0101, 16)
        object.set(0x0028, 0x0102, 15)
        object.set(0x0028, 0x0103, 1)
        addAcquisition(to: &object, geometry)
        return object
    }

    private func addAcquisition(to object: inout DICOMObject, _ geometry: ImageGeometry) {
        switch modality {
        case .computedTomography:
            object.set(0x0018, 0x0060, "DS", "")
            object.set(0x0028, 0x1052, "DS", "0")
            object.set(0x0028, 0x1053, "DS", "1")
            object.set(0x0028, 0x1054, "LO", "HU")
        case .magneticResonance:
            object.set(0x0018, 0x0020, "CS", "RM")
            object.set(0x0018, 0x0021, "CS", "NONE")
            object.set(0x0018, 0x0022, "CS", "")
            object.set(0x0018, 0x0023, "CS", "3D")
            object.set(0x0018, 0x0080, "DS", "")
            object.set(0x0018, 0x0081, "DS", "")
            object.set(0x0018, 0x0088, "DS", DICOMDecimal.text(geometry.spacing.z))
            object.set(0x0018, 0x0091, "IS", "")
        }
    }

    /// Attributes that must be there and may be empty (type 2): accession number, referring physician, the patient's birth date and
    /// sex, laterality, position reference indicator.
    private static let emptyAttributes: [(UInt16, UInt16, String)] = [
        (0x0008, 0x0050, "SH"), (0x0008, 0x0090, "PN"), (0x0010, 0x0030, "DA"), (0x0010, 0x0040, "CS"), (0x0020, 0x0060, "CS"),
        (0x0020, 0x1040, "LO"),
    ]
}
