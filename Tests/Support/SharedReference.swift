import Foundation

/// The reference results beside the checkout (`../shared/reference`); tests that need them are skipped where it is absent.
package enum SharedReference {
    /// `../shared/reference`, seen from the root of the checkout.
    package static let folder = Checkout.root.deletingLastPathComponent().appending(
        path: "shared/reference"
    ).path

    /// Whether the reference is there.
    package static let isAvailable = FileManager.default.fileExists(atPath: folder + "/README.md")

    /// A path below the reference folder.
    package static func path(_ relative: String) -> String { folder + "/" + relative }

    /// A path below nnU-Net's own runs of its commands: `trees/…` are inputs, `after/<run>/…` what a run left.
    package static func commandRun(_ relative: String) -> String { path("commands/commands/" + relative) }
}

/// Inputs from outside that were met and not handled (`../shared/trials`); tests that need them are skipped where they are absent.
package enum SharedTrials {
    /// `../shared/trials`, seen from the root of the checkout.
    package static let folder = Checkout.root.deletingLastPathComponent().appending(path: "shared/trials").path

    /// Whether the trials are there.
    package static let isAvailable = FileManager.default.fileExists(atPath: folder + "/README.md")

    /// The files of a DICOM trial, by name.
    package static func dicomFiles(_ trial: String) throws -> [String] {
        let folder = folder + "/dicom/\(trial)/case"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { folder + "/" + $0 }
    }
}
