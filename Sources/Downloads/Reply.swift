/// What a server has said of its reply, header line by header line (RFC 9110).
struct Reply {
    /// 200 and so on; 0 before the first line.
    private(set) var status = 0
    /// By their names in lower case.
    private var fields: [String: String] = [:]

    /// Takes one line; a status line begins a new reply, as after a redirect.
    mutating func take(_ line: String) {
        let line = line.filter { !$0.isNewline }
        if line.hasPrefix("HTTP/") {
            self = Reply()
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            fields[line[..<colon].lowercased()] = String(value)
        }
    }

    /// By what the same version is known again: a strong entity tag, else the date of the last change.
    var mark: String? {
        if let tag = fields["etag"], !tag.hasPrefix("W/") { return tag }
        return fields["last-modified"]
    }

    /// Whether a person would see a page.
    var isPage: Bool { fields["content-type"]?.lowercased().hasPrefix("text/html") ?? false }

    /// The bytes of the body, where they were said beforehand.
    var length: Int? { fields["content-length"].flatMap { Int($0) } }

    /// The place of the first byte of a part (`bytes 7-9/10`).
    var rangeStart: Int? { range?.split(separator: "-").first.flatMap { Int($0) } }

    /// The bytes of the whole (`bytes 7-9/10`, `bytes */10`).
    var wholeLength: Int? { range?.split(separator: "/").last.flatMap { Int($0) } }

    private var range: Substring? {
        guard let text = fields["content-range"], text.hasPrefix("bytes ") else { return nil }
        return text.dropFirst("bytes ".count)
    }
}
