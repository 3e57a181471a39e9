package import Files

/// A file of a web server on its way into a part file.
package struct Download {
    /// Where it comes from.
    package let address: WebAddress
    /// The bytes that it must begin with; anything else is refused before it is fetched.
    private let beginning: [UInt8]
    /// How the program calls itself.
    private let agent: String

    /// How far it is: bytes, and how many there will be where the server says it.
    package typealias Progress = (received: Int, total: Int?)

    /// A server that breaks off more often is not asked again.
    private static let mostAttempts = 20

    /// - Parameters:
    ///   - address: of the file.
    ///   - beginning: what the file must begin with.
    ///   - agent: what the program says it is.
    package init(_ address: WebAddress, beginning: [UInt8], agent: String) {
        self.address = address
        self.beginning = beginning
        self.agent = agent
    }

    /// Fetches the file, from where an earlier attempt ended if the server still has the same version; goes on by itself where the server
    /// breaks off after it has sent something.
    ///
    /// - Parameters:
    ///   - part: what is there; whole when this returns, and kept when it throws, unless it is of no use.
    ///   - progress: told now and then; false stops.
    /// - Throws: `Problem`: `missing` for a file that is not there, `foreign` for one that is something else, `unavailable` for a server that
    ///   can't be reached, refuses or breaks off, `unwritable`, and `cancelled`.
    package func fetch(into part: PartialFile, progress: @escaping (Progress) -> Bool) throws(Problem) {
        for _ in 0..<Self.mostAttempts {
            let before = part.size
            let transfer = try Transfer(address, into: part, beginning: beginning, agent: agent, progress: progress)
            switch try transfer.run() {
            case .complete: return
            case .outdated: try part.restart(mark: nil)
            case .brokenOff(let reason):
                guard part.canGoOn, part.size > before else { throw .unreachable(address, reason) }
            }
        }
        throw .unreachable(address, "the server broke off \(Self.mostAttempts) times")
    }
}

extension Problem {
    /// A server that can't be reached or breaks off.
    static func unreachable(_ address: WebAddress, _ reason: String) -> Problem {
        Problem(.unavailable, at: address.shown, "can't be fetched: \(reason)")
    }

    /// What the server's status means; nil for one that brings a file.
    static func answer(_ status: Int, from address: WebAddress) -> Problem? {
        switch status {
        case 200, 206: nil
        case 404, 410:
            Problem(.missing, at: address.shown, "the server answers \(status): there is no such file", advice: "check the address")
        case 401, 403, 407:
            Problem(
                .unavailable, at: address.shown, "the server answers \(status): it asks for a login, or refuses",
                advice: "fetch the archive by another program and install it with install_pretrained_model_from_zip")
        default: unreachable(address, "the server answers \(status)")
        }
    }

    /// A reply that is no archive.
    static func noArchive(_ address: WebAddress, _ found: String) -> Problem {
        Problem(
            .foreign, at: address.shown, "the server sends no zip archive", found: found,
            advice: "an address often leads to a page about a file; give that of the file itself")
    }
}
