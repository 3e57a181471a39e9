import Foundation

/// The reference results beside the checkout (`../shared/reference`); tests that need them are skipped where it is absent.
public enum SharedReference {
    /// `../shared/reference`, seen from the root of the checkout.
    public static let folder = Checkout.root.deletingLastPathComponent().appending(
        path: "shared/reference"
    ).path

    /// Whether the reference is there.
    public static let isAvailable = FileManager.default.fileExists(atPath: folder + "/README.md")

    /// A path below the reference folder.
    public static func path(_ relative: String) -> String { folder + "/" + relative }
}
