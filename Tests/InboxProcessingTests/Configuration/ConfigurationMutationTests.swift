import Testing

import InboxProcessing

struct `A configuration that something damaged` {
    /// Whatever is done to a configuration, there is an answer; the seed makes each run the same.
    @Test func `survives ten thousand mutations of a configuration`() {
        let original = Array(ConfigurationText.example.utf8)
        let pieces = [
            "[", "]", "[[", "]]", ".", ",", "=", "\"", "'", "\"\"\"", "'''", "{", "}", "\n", "\r", "#", "\\", "\\u", "_", "-", "0x", "[.x]",
            "\u{FEFF}",
        ]
        var state: UInt64 = 20
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var refusals = 0
        for _ in 0..<10_000 {
            var bytes = original
            for _ in 0...random(3) {
                let place = random(bytes.count)
                switch random(4) {
                case 0: bytes.insert(contentsOf: pieces[random(pieces.count)].utf8, at: place)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(6)))
                case 2: bytes[place] = UInt8(random(256))
                default: bytes = Array(bytes[..<place]) + Array(bytes[random(bytes.count)...])
                }
                if bytes.isEmpty { bytes = original }
            }
            do { _ = try ConfigurationReader.parse(String(decoding: bytes, as: UTF8.self), path: "c.toml") } catch { refusals += 1 }
        }
        #expect(refusals > 5000)
    }

    enum ConfigurationText {
        static let example = """
            version = 1
            state_directory = "/var/lib/nnunetd" # a comment
            settle_seconds = 2.5
            polling = 'auto'
            [[routes]]
            name   = "a\\u0062"
            inbox  = "/in"
            outbox = '''/out'''
            [[routes.models]]
            folder = "/m"
            folds  = [0, 1,
              2]
            """
    }
}
