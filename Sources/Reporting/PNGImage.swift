import Foundation

/// A picture as the bytes of a PNG file.
public struct PNGImage: Sendable, Equatable {
    /// The file's content.
    public let bytes: [UInt8]
    /// Columns, px.
    public let width: Int
    /// Rows, px.
    public let height: Int

    /// Writes the file under a temporary name, flushes it and renames it to `path`.
    public func write(to path: String) throws(ReportingError) {
        try DurableFile.write(bytes, to: path)
    }
}
