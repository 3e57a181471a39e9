/// The files that come with the tests.
public enum Fixtures {
    /// A path below `Tests/Support/Fixtures`.
    public static func path(_ relative: String) -> String {
        Checkout.root.appending(path: "Tests/Support/Fixtures/" + relative).path
    }
}
