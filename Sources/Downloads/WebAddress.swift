/// The address of a file on a web server: `http` or `https`, nothing else.
package struct WebAddress: Sendable {
    /// As it was given, for the server.
    let text: String
    /// For people: without name and password, and without what follows `?`, which may hold a key.
    package let shown: String
    /// Whether it is `https`; then no redirect leads to an address that is not.
    let isEncrypted: Bool

    /// Takes an address; nil where it is none, or of another kind.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let colon = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<colon.lowerBound].lowercased(), rest = text[colon.upperBound...]
        let host = rest.prefix { !"/?#".contains($0) }
        guard ["http", "https"].contains(scheme), let place = host.split(separator: "@", omittingEmptySubsequences: false).last,
            !place.isEmpty, !place.hasPrefix(":")
        else { return nil }
        self.text = text
        shown = "\(scheme)://\(place)\(rest.dropFirst(host.count).prefix { $0 != "?" && $0 != "#" })"
        isEncrypted = scheme == "https"
    }
}
