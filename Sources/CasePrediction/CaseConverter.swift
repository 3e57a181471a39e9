package import DICOM
package import Files
import Foundation
import ImageFiles
import NIfTI

/// Writes cases in nnU-Net's naming: `<case>_0000.nii.gz` and so on.
package enum CaseConverter {
    /// A converted case and what was noticed on the way.
    package struct Converted: Sendable {
        /// The written files.
        package let files: CaseFiles
        /// For people: what is unusual about the input.
        package let warnings: [String]
    }

    /// Reads one DICOM series and writes it as channel 0 of a case; int16 where that is exact, float32 otherwise.
    ///
    /// Throws where the series has too few slices or is no regular grid, with the positions or attributes named.
    package static func convert(_ item: DICOMCase, to folder: String) throws(Problem) -> Converted {
        let converted = try convert(try item.regularSeries(), caseName: item.name, channel: 0, to: folder)
        return Converted(files: converted.files, warnings: item.warnings + converted.warnings)
    }

    /// Reads one DICOM series and writes it as a channel of a case.
    package static func convert(
        _ series: DICOMSeries, caseName: String, channel: Int, to folder: String
    ) throws(Problem) -> Converted {
        let path = folder + "/" + CaseNaming.channelFile(caseName, channel: channel)
        try requireNIfTISize(series.geometry.size, path: series.files[0].path)
        let volume = try readDICOMSeries(series)
        let warnings = volume.warnings
        try volume.write(to: path)
        return Converted(files: CaseFiles(name: caseName, channelPaths: [path]), warnings: warnings)
    }

    /// Copies the files of a case, channel 0 first, to nnU-Net's names: NIfTI with voxels and header unchanged, `.nii` compressed on the way;
    /// other formats as NIfTI on the same grid, int16 where that is exact, float32 otherwise.
    ///
    /// No more is read of a file than its header allows.
    ///
    /// - `isCancelled`: asked for every MiB; true ends with `.cancelled`.
    package static func convert(
        imagePaths: [String], caseName: String, to folder: String, isCancelled: () -> Bool = { false }
    ) throws(Problem) -> Converted {
        var written: [String] = []
        for (channel, source) in imagePaths.enumerated() {
            let target = folder + "/" + CaseNaming.channelFile(caseName, channel: channel)
            if isNIfTI(source) {
                try copyCompressed(source, to: target, sizes: try contentSizes(source), isCancelled: isCancelled)
            } else {
                try copyAsNIfTI(source, to: target)
            }
            written.append(target)
        }
        return Converted(files: CaseFiles(name: caseName, channelPaths: written), warnings: [])
    }

    /// What the header allows; refuses what only has a NIfTI file's name, and what no label map can be written for.
    private static func contentSizes(_ path: String) throws(Problem) -> ClosedRange<Int> {
        try NIfTIHeaderSummary(path: path).requireLabelMap()
        return try NIfTI.contentSizes(ofNIfTI: path)
    }
}
