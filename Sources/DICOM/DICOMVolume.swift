package import Files
package import Imaging
import Tensors

/// The volume of a DICOM series, rescaled to the modality's units (Hounsfield units for CT).
package struct DICOMVolume: ~Copyable, Sendable {
    /// The voxels: int16 where every value is an integer that fits, as ITK and dcm2niix would write them, float32 otherwise.
    package enum Voxels: ~Copyable, Sendable {
        /// Exact integers.
        case int16(Volume<Int16>)
        /// Rescaled in double precision, stored in single.
        case float(Volume<Float>)
    }

    /// Array order (z, y, x): x along a row of the image, y along a column, z along the normal row × column, as ITK orders a series.
    package let voxels: Voxels
    /// The grid; it is that of the series.
    package let geometry: ImageGeometry
    /// For people: what was unusual about the series.
    package let warnings: [String]

    /// Whether the voxels are exact 16-bit integers.
    package var isInteger: Bool {
        switch voxels {
        case .int16: true
        case .float: false
        }
    }
}

/// Reads the voxels of a series, slice by slice.
///
/// The value of a voxel is its stored value × Rescale Slope + Rescale Intercept of its own slice, computed in double precision.
/// MONOCHROME1 and padding values are not treated specially. Which slices have no known values is the series' to say
/// (`DICOMSeriesCandidate.regularSeries()`).
/// - Returns: a volume on `series.geometry`; its array equals that of ITK's series reader.
package func readDICOMSeries(_ series: DICOMSeries) throws(Problem) -> DICOMVolume {
    var decoder = DICOMFrameDecoder()
    if series.files.allSatisfy({ isInteger($0.slope) && isInteger($0.intercept) }),
        let volume = try readIntegers(series, decoder: &decoder)
    {
        return DICOMVolume(voxels: .int16(volume), geometry: series.geometry, warnings: series.warnings)
    }
    var volume = Volume<Float>(geometry: series.geometry, voxels: Buffer(uninitializedCount: series.geometry.voxelCount, hugePages: false))
    for (z, file) in series.files.enumerated() {
        try readSlice(z, of: file, into: &volume, decoder: &decoder)
    }
    return DICOMVolume(voxels: .float(volume), geometry: series.geometry, warnings: series.warnings)
}

private func isInteger(_ value: Double) -> Bool {
    value.rounded() == value && abs(value) < 1e9
}

/// The volume in 16-bit integers; nil as soon as a value doesn't fit.
private func readIntegers(_ series: DICOMSeries, decoder: inout DICOMFrameDecoder) throws(Problem) -> Volume<Int16>? {
    var volume = Volume<Int16>(geometry: series.geometry, voxels: Buffer(uninitializedCount: series.geometry.voxelCount, hugePages: false))
    for (z, file) in series.files.enumerated() {
        let (slope, intercept) = (Int(file.slope), Int(file.intercept))
        let doesFit = try decoder.withSamples(of: file) { samples throws(Problem) -> Bool in
            var voxels = volume.voxels.mutableSpan
            let start = z * samples.count
            var outside = 0
            samples.forEach { index, value in
                let rescaled = value &* slope &+ intercept
                let stored = Int16(truncatingIfNeeded: rescaled)
                outside |= rescaled ^ Int(stored)
                voxels[unchecked: start + index] = stored
            }
            return outside == 0
        }
        guard doesFit else { return nil }
    }
    return volume
}

private func readSlice(
    _ z: Int, of file: DICOMFileHeader, into volume: inout Volume<Float>, decoder: inout DICOMFrameDecoder
) throws(Problem) {
    let (slope, intercept) = (file.slope, file.intercept)
    try decoder.withSamples(of: file) { samples throws(Problem) in
        var voxels = volume.voxels.mutableSpan
        let start = z * samples.count
        samples.forEach { index, value in
            voxels[unchecked: start + index] = Float(Double(value) * slope + intercept)
        }
    }
}
