package import Files
package import NIfTI
package import Plans

/// The reader and writer class that plans name, where it reads NIfTI.
///
/// - Throws: `.badModel` with the list of supported classes, or where the file ending is none of NIfTI's.
package func readerWriter(named name: String, fileEnding: String) throws(Problem) -> NIfTIReaderWriter {
    let supported = ["SimpleITKIO", "NibabelIO", "NibabelIOWithReorient", "SimpleITKIOWithReorient"]
    guard let reader = NIfTIReaderWriter(rawValue: name) else {
        throw .badModel(
            path: "plans.json", problem: "image_reader_writer \(name) is not supported",
            advice: "supported: \(supported.joined(separator: ", "))")
    }
    guard fileEnding == ".nii.gz" || fileEnding == ".nii" else {
        throw .badModel(
            path: "dataset.json", problem: "file_ending \(fileEnding) is not supported", advice: "supported: .nii.gz, .nii")
    }
    return reader
}

/// The class that nnU-Net's own detection chooses where no plans name one: the dataset's word, else by file ending.
package func detectedReaderWriter(for dataset: DatasetDescription) throws(Problem) -> NIfTIReaderWriter {
    try readerWriter(named: dataset.readerWriterName ?? detectedName(ending: dataset.fileEnding), fileEnding: dataset.fileEnding)
}

/// The same where nothing is known but the file ending.
package func detectedReaderWriter(fileEnding: String) throws(Problem) -> NIfTIReaderWriter {
    try readerWriter(named: detectedName(ending: fileEnding), fileEnding: fileEnding)
}

private func detectedName(ending: String) -> String { ending == ".nii" ? "NibabelIO" : "SimpleITKIO" }

/// The same for a folder with plans.json and dataset.json, which an error then names.
func readerWriter(named name: String, fileEnding: String, of folder: String) throws(Problem) -> NIfTIReaderWriter {
    do throws(Problem) {
        return try readerWriter(named: name, fileEnding: fileEnding)
    } catch {
        throw error.inside(folder)
    }
}
