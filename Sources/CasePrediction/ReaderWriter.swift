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

/// The class that nnU-Net's own detection chooses for a dataset's files: the one that dataset.json names, else by their ending.
///
/// - Parameters:
///   - dataset: the dataset.
///   - example: a file that the class must read; nil where that is not asked.
/// - Throws: `.badModel` for another class than NIfTI's, or another ending.
/// - Returns: the class.
package func readerWriter(for dataset: DatasetDescription, example: String? = nil) throws(Problem) -> NIfTIReaderWriter {
    let given = dataset.json["overwrite_image_reader_writer"]?.string
    if let given, given != "None" { return try readerWriter(named: given, fileEnding: dataset.fileEnding) }
    let usual = try readerWriter(named: dataset.fileEnding == ".nii" ? "NibabelIO" : "SimpleITKIO", fileEnding: dataset.fileEnding)
    return usual == .simpleITK ? example.map(readerWriter(reading:)) ?? usual : usual
}

/// The first class of nnU-Net's that can read a file whose ending says nothing: SimpleITK's, else nibabel's.
package func readerWriter(reading example: String) -> NIfTIReaderWriter {
    (try? readGrid(path: example)) == nil && (try? readGrid(path: example, as: .nibabel)) != nil ? .nibabel : .simpleITK
}

/// The same for a folder with plans.json and dataset.json, which an error then names.
func readerWriter(named name: String, fileEnding: String, of folder: String) throws(Problem) -> NIfTIReaderWriter {
    do throws(Problem) {
        return try readerWriter(named: name, fileEnding: fileEnding)
    } catch {
        throw error.inside(folder)
    }
}
