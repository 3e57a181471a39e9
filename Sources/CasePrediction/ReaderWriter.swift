package import Files
package import ImageFiles
package import Plans

/// The reader and writer class that plans name.
///
/// - Throws: `.badModel` with the list of the classes that there are, or of the endings that the class reads.
package func readerWriter(named name: String, fileEnding: String) throws(Problem) -> ReaderWriter {
    guard let reader = ReaderWriter(rawValue: name) else {
        throw .badModel(
            path: "plans.json", problem: "image_reader_writer \(name) is not supported",
            advice: "supported: \(ReaderWriter.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard reader.fileEndings.contains(fileEnding) else {
        throw .badModel(
            path: "dataset.json", problem: "file_ending \(fileEnding) is not supported",
            advice: "\(name) reads \(reader.fileEndings.joined(separator: ", "))")
    }
    return reader
}

/// The class that nnU-Net's own detection chooses for a dataset's files: the one that dataset.json names, else by their ending.
///
/// - Parameters:
///   - dataset: the dataset.
///   - example: a file that the class must read; nil where that is not asked.
///   - acceptsOtherEndings: whether classes that don't take the ending are tried on the example, too.
/// - Throws: `.badModel` where a named class does not take the ending, or no class does.
/// - Returns: the class.
package func readerWriter(
    for dataset: DatasetDescription, example: String? = nil, acceptsOtherEndings: Bool = false
) throws(Problem) -> ReaderWriter {
    if let given = dataset.readerWriterName { return try readerWriter(named: given, fileEnding: dataset.fileEnding) }
    let found = ReaderWriter.detected(fileEnding: dataset.fileEnding, example: example, acceptsOtherEndings: acceptsOtherEndings)
    // nnU-Net goes no further where no class can read the example; the usual one says of each file why it can't.
    if let reader = found ?? ReaderWriter.detected(fileEnding: dataset.fileEnding) { return reader }
    let endings = ReaderWriter.allCases.flatMap(\.detectedEndings)
    throw .badModel(
        path: "dataset.json", problem: "no class reads file_ending \(dataset.fileEnding)",
        advice: "known are \(endings.reduce(into: [String]()) { $0 += $0.contains($1) ? [] : [$1] }.joined(separator: ", "))")
}

/// The same for a folder with plans.json and dataset.json, which an error then names.
func readerWriter(named name: String, fileEnding: String, of folder: String) throws(Problem) -> ReaderWriter {
    do throws(Problem) {
        return try readerWriter(named: name, fileEnding: fileEnding)
    } catch {
        throw error.inside(folder)
    }
}
