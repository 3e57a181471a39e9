import Foundation

/// The model and phantoms that come with the program.
struct Bundle {
    let path: String

    /// The 3D model with two folds.
    var volumeModel: String { path + "/models/nnUNetTrainer__nnUNetPlansSmall__3d_fullres" }
    /// The 2D model with one fold.
    var sliceModel: String { path + "/models/nnUNetTrainer__nnUNetPlansSmall__2d" }
    /// Inputs in nnU-Net naming.
    var cases: String { path + "/cases" }
    /// The true labels.
    var labels: String { path + "/labels" }
    /// What nnU-Net itself predicted with a model.
    func expected(_ run: String) -> String { path + "/expected/" + run }

    /// The bundle at a given place, else where `make install` puts it, else in the checkout that the program was built in.
    static func find(at given: String?) throws(Failure) -> Bundle {
        if let given {
            guard isBundle(given) else { throw Failure(.missing, "\(given): holds no models and cases; give the folder 'phantom'") }
            return Bundle(path: given)
        }
        let program = URL(
            filePath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0])
        var folder = program.deletingLastPathComponent()
        var places = [folder.deletingLastPathComponent().appending(path: "share/nnunetd/phantom").path]
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            places.append(folder.appending(path: "Sources/Phantom/Bundle").path)
        }
        guard let found = places.first(where: isBundle) else {
            throw Failure(.missing, "the bundled model is not at \(places[0]); install it, or name its folder with --fixtures")
        }
        return Bundle(path: found)
    }

    private static func isBundle(_ path: String) -> Bool {
        ["models", "cases", "labels"].allSatisfy { FileManager.default.fileExists(atPath: path + "/" + $0) }
    }
}
