/// The files that come with the tests.
package enum Fixtures {
    /// A path below `Tests/Support/Fixtures`.
    package static func path(_ relative: String) -> String {
        Checkout.root.appending(path: "Tests/Support/Fixtures/" + relative).path
    }
}
