import Foundation

/// Short names for cases that say nothing about anybody: what log, status and, on request, the outbox call a case.
///
/// Eight characters, each of 27 that nobody takes for another and that make no words: no vowels, no y, l, 0 or 1. It begins with a letter,
/// so that no program takes it for a number.
package enum CaseID {
    private static let letters = Array("bcdfghjkmnpqrstvwxz")
    private static let characters = letters + Array("23456789")

    /// Whether a text looks like one, or like the UUID that earlier versions used.
    package static func isOne(_ text: Substring) -> Bool {
        let isShort = text.count == 8 && text.first.map(letters.contains) == true && text.allSatisfy(characters.contains)
        return isShort || UUID(uuidString: String(text)) != nil
    }

    /// A random one; whether it is free is the caller's to find out.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let first = letters[Int.random(in: 0..<letters.count, using: &generator)]
        return String([first] + (0..<7).map { _ in characters[Int.random(in: 0..<characters.count, using: &generator)] })
    }
}
