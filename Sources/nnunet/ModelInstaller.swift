import Files
import TrainedModels

/// Puts the models of an archive into `nnUNet_results`, and says what became of them.
struct ModelInstaller {
    /// The folder of all results.
    let results: String
    /// Whether models that are there with other content are replaced.
    let overwrites: Bool

    /// - Parameters:
    ///   - content: the archive, its directory read.
    ///   - name: what the archive is called in words.
    /// - Throws: `.cannotWrite` where a model is there with other content and may not be replaced; nothing is changed then.
    func install(_ content: ModelArchive, called name: String) throws {
        for entry in content.passedOver.prefix(3) {
            Console.problem("warning: \(name): passed over: \(entry) lies in no data set's folder")
        }
        if content.passedOver.count > 3 { Console.problem("warning: \(name): passed over: \(content.passedOver.count - 3) more entries") }
        let display = ProgressDisplay(isEnabled: true)
        defer { display.clear() }
        let installation = try ModelInstallation(of: content, results: results, progress: display.unpacking)
        display.clear()
        guard installation.conflicts.isEmpty || overwrites else {
            let places = installation.conflicts.map { results + "/" + $0 }.joined(separator: ", ")
            throw Failure(
                .cannotWrite,
                "\(places): there with other content than in \(name); nothing was installed. Move it away, or say --overwrite")
        }
        try installation.place()
        for model in content.models {
            let path = results + "/" + model
            do throws(Problem) {
                let folder = try ModelFolder.open(path: path)
                Console.line("\(path): installed, folds \(folder.folds.map { "\($0.name)" }.joined(separator: " "))")
            } catch {
                Console.problem("warning: \(path): installed as it came, but can't be used here: \(error)")
            }
        }
    }
}
