import Files
import ImageFiles

extension Inspection {
    /// An image of another format than NIfTI, by its header; nil for a file that has no such ending.
    static func image(_ path: String) throws -> Facts? {
        guard let summary = try ImageSummary(path: path) else { return nil }
        var facts = Facts()
        facts.add("kind", summary.format + " file")
        facts.add("path", path)
        facts.add("reader", summary.reader.rawValue)
        facts.add("channels", summary.channelCount)
        facts.add("datatype", summary.datatype)
        facts.add("array_spacing_mm", summary.arraySpacing)
        facts.add("grid", grid(summary.geometry).json)
        facts.add("notes", summary.warnings)
        return facts
    }
}
