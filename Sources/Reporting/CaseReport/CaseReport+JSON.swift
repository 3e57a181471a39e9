package import Files
import Foundation

extension CaseReport {
    /// UTF-8 JSON, indented, keys sorted, times as ISO 8601 in UTC, a line feed at the end; equal reports give equal bytes.
    ///
    /// - Throws: `report` when a number is not finite, which JSON can't hold.
    package func json() throws(Problem) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        do {
            return [UInt8](try encoder.encode(self)) + [0x0A]
        } catch {
            throw .report(reason: Self.words(error))
        }
    }

    /// Reads what `json()` gives.
    package init(json: [UInt8]) throws(Problem) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            self = try decoder.decode(CaseReport.self, from: Data(json))
        } catch {
            throw .report(reason: Self.words(error))
        }
    }

    /// Writes the JSON under a temporary name, flushes it and renames it to `path`.
    package func write(to path: String) throws(Problem) {
        try AtomicFile.write(json(), to: path)
    }

    /// Which key is concerned and why, without the surroundings that Foundation prints.
    private static func words(_ error: any Error) -> String {
        let context: (path: [any CodingKey], text: String) =
            switch error {
            case EncodingError.invalidValue(_, let context): (context.codingPath, context.debugDescription)
            case DecodingError.keyNotFound(let key, let context): (context.codingPath + [key], "the key is missing")
            case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
                DecodingError.dataCorrupted(let context):
                (context.codingPath, context.debugDescription)
            default: ([], String(describing: error))
            }
        let path = context.path.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? context.text : path + ": " + context.text
    }
}
