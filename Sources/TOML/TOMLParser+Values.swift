extension TOMLParser {
    /// A value; the scanner stands on its first character.
    mutating func value(depth: Int) throws(ConfigurationProblem) -> TOMLValue {
        guard depth < Self.deepest else { throw problem("values are nested more than \(Self.deepest) deep") }
        if scanner.comes("\"\"\"") || scanner.comes("'''") { return .string(try longText()) }
        if scanner.comes("\"") || scanner.comes("'") { return .string(try shortText()) }
        if scanner.take("[") { return .array(try list(depth: depth + 1)) }
        if scanner.take("{") { return .table(try inlineTable(depth: depth + 1)) }
        return try word()
    }

    /// `[a, b]`, over as many lines as it likes.
    private mutating func list(depth: Int) throws(ConfigurationProblem) -> [TOMLValue] {
        let start = scanner.line
        var values: [TOMLValue] = []
        while true {
            try skipLines()
            if scanner.take("]") { return values }
            guard scanner.next != nil else { throw unclosedList(start) }
            do throws(ConfigurationProblem) {
                values.append(try value(depth: depth))
            } catch {
                // A value that isn't one, on a later line: most likely that line is the next key.
                guard (error.line ?? start) > start, !scanner.comes(",") else { throw error }
                throw ConfigurationProblem(line: error.line, message: error.message + " (within the list that begins on line \(start))")
            }
            try skipLines()
            if scanner.take(",") { continue }
            guard scanner.take("]") else { throw unclosedList(start) }
            return values
        }
    }

    private func unclosedList(_ start: Int) -> ConfigurationProblem {
        problem("the list is not closed; write a comma between its values and ] at its end", line: start)
    }

    /// `{ a = 1, b.c = 2 }` on one line.
    private mutating func inlineTable(depth: Int) throws(ConfigurationProblem) -> TOMLTable {
        let table = TOMLTable(line: scanner.line, origin: .inline)
        scanner.skipBlanks()
        if scanner.take("}") { return table }
        while true {
            scanner.skipBlanks()
            if scanner.isAtLineEnd { throw problem("the table is not closed on its line; write } at its end") }
            try entry(of: table, depth: depth)
            scanner.skipBlanks()
            if scanner.take(",") { continue }
            guard scanner.take("}") else { throw problem("the table is not closed; write a comma between its keys and } at its end") }
            return table
        }
    }

    // MARK: Texts

    /// A text in single or double quotes, on one line.
    mutating func shortText() throws(ConfigurationProblem) -> String {
        let isBasic = scanner.comes("\"")
        let quote = isBasic ? "\"" : "'"
        _ = scanner.take(quote)
        var bytes: [UInt8] = []
        while !scanner.take(quote) {
            guard !scanner.isAtLineEnd, let byte = scanner.take() else {
                throw problem(
                    "the quote is not closed: \(quote)\(String(decoding: bytes, as: UTF8.self).shortened); write \(quote) where the text ends"
                )
            }
            try checkCharacter(byte)
            if isBasic, byte == UInt8(ascii: "\\") { bytes += try escape() } else { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A text in three quotes, over as many lines as it likes.
    private mutating func longText() throws(ConfigurationProblem) -> String {
        let start = scanner.line
        let isBasic = scanner.comes("\"")
        let quote = isBasic ? "\"" : "'"
        let quotes = quote + quote + quote
        _ = scanner.take(quotes)
        _ = scanner.take("\n")
        var bytes: [UInt8] = []
        while !scanner.take(quotes) {
            guard let byte = scanner.take() else {
                throw problem("the quotes \(quotes) are not closed; write them where the text ends", line: start)
            }
            if byte != UInt8(ascii: "\n") { try checkCharacter(byte) }
            guard isBasic, byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            if !takesLineEnd() { bytes += try escape() }
        }
        for _ in 0..<2 where scanner.take(quote) { bytes += quote.utf8 }  // up to two quotes before the closing ones are the text's
        return String(decoding: bytes, as: UTF8.self)
    }

    /// After a backslash: takes a line end with everything blank around it, if one comes.
    private mutating func takesLineEnd() -> Bool {
        var ahead = scanner
        ahead.skipBlanks()
        guard ahead.take("\n") else { return false }
        while ahead.take("\n") || ahead.comes(" ") || ahead.comes("\t") { ahead.skipBlanks() }
        scanner = ahead
        return true
    }

    /// What follows a backslash, as UTF-8.
    private mutating func escape() throws(ConfigurationProblem) -> [UInt8] {
        let plain: [UInt8: UInt8] = [
            UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10, UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13,
            UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        ]
        let digits = scanner.comes("u") ? 4 : scanner.comes("U") ? 8 : 0
        if !scanner.isAtLineEnd, let byte = scanner.take() {
            if let meant = plain[byte] { return [meant] }
            var code: UInt32? = digits > 0 ? 0 : nil
            for _ in 0..<digits {
                let digit = scanner.next.flatMap { Character(Unicode.Scalar($0)).hexDigitValue }
                if digit != nil { _ = scanner.take() }
                code = code.flatMap { code in digit.map { code << 4 | UInt32($0) } }
            }
            if let scalar = code.flatMap(Unicode.Scalar.init) { return Array(String(scalar).utf8) }
        }
        throw problem("\\ does not begin an escape TOML knows; write \\\\ for a backslash, or the text in single quotes")
    }

    // MARK: Numbers and words

    private mutating func word() throws(ConfigurationProblem) -> TOMLValue {
        let token = scanner.take { !" \t\n,]}#=".utf8.contains($0) }
        switch token {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "": throw problem("a value is missing")
        default: break
        }
        if let number = try number(token) { return number }
        let shown = token.shortened
        if ["true", "false", "yes", "no", "on", "off"].contains(token.lowercased()) {
            throw problem("\(shown) is no value; write true or false")
        }
        if let first = token.first, "“”„‘’«»".contains(first) { throw problem("\(shown): write a text between plain quotes, \" or '") }
        throw problem("\(shown) is no value; a text needs quotes: \"\(shown.filter { $0 != "\"" })\"")
    }

    /// An integer or a float; nil where the token is no number.
    private func number(_ token: String) throws(ConfigurationProblem) -> TOMLValue? {
        let radices = ["0x": 16, "0o": 8, "0b": 2]
        let hasSign = token.hasPrefix("+") || token.hasPrefix("-")
        let body = hasSign ? token.dropFirst() : token[...]
        let plain = token.replacing("_", with: "")
        if body == "inf" || body == "nan" { return Double(plain).map(TOMLValue.float) }
        if let radix = radices[String(token.prefix(2))], Self.areDigits(token.dropFirst(2), radix: radix) {
            return .integer(try fitting(Int(plain.dropFirst(2), radix: radix), token))
        }
        if Self.isWhole(body) { return .integer(try fitting(Int(plain), token)) }
        let parts = body.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard Self.isWhole(mantissa[0]), mantissa.count == 1 || Self.areDigits(mantissa[1], radix: 10) else { return nil }
        if parts.count == 2 {
            let exponent = parts[1].hasPrefix("+") || parts[1].hasPrefix("-") ? parts[1].dropFirst() : parts[1]
            guard Self.areDigits(exponent, radix: 10) else { return nil }
        }
        return Double(plain).map(TOMLValue.float)
    }

    private func fitting(_ number: Int?, _ token: String) throws(ConfigurationProblem) -> Int {
        guard let number else { throw problem("\(token.shortened) is too large a number") }
        return number
    }

    /// Decimal digits without a leading zero.
    private static func isWhole(_ text: Substring) -> Bool {
        areDigits(text, radix: 10) && (text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0"))
    }

    /// Digits, with single underscores between them.
    private static func areDigits(_ text: Substring, radix: Int) -> Bool {
        var mayEnd = false
        for byte in text.utf8 {
            let isDigit = Character(Unicode.Scalar(byte)).hexDigitValue.map { $0 < radix } ?? false
            guard isDigit || byte == UInt8(ascii: "_") && mayEnd else { return false }
            mayEnd = isDigit
        }
        return mayEnd
    }
}
