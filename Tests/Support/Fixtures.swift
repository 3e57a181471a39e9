/// The files that come with the tests.
package enum Fixtures {
    /// A path below `Tests/Support/Fixtures`.
    package static func path(_ relative: String) -> String {
        Checkout.root.appending(path: "Tests/Support/Fixtures/" + relative).path
    }
}

/// The models and phantoms that come with the program.
package enum PhantomBundle {
    /// A path below `Sources/Phantom/Bundle`.
    package static func path(_ relative: String) -> String {
        Checkout.root.appending(path: "Sources/Phantom/Bundle/" + relative).path
    }
}
