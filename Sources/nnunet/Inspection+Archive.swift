import Compression
import Foundation

extension Inspection {
    /// A zip archive; nil for another file, and for a checkpoint, which is a zip archive of PyTorch's.
    static func archive(_ path: String) -> Finding? {
        guard let archive = try? ZipReader(path: path) else { return nil }
        let names = archive.entries.filter { !$0.isFolder }.map(\.name)
        guard !names.contains(where: { $0.hasSuffix("/data.pkl") || $0 == "data.pkl" }) else { return nil }
        var facts = Facts()
        let models = names.filter { $0 == "plans.json" || $0.hasSuffix("/plans.json") }
            .map { String($0.dropLast("plans.json".count)) }
            .filter { folder in names.contains { $0.hasPrefix(folder + "fold_") } }
        facts.add("kind", models.isEmpty ? "zip archive" : "nnU-Net model as a zip archive")
        facts.add("path", path)
        facts.add("files", names.count)
        facts.add("models", .array(models.map { model($0, in: names).json }))
        facts.add("unsafe_entries", archive.entries.filter { $0.safePathComponents == nil }.map(\.name))
        facts.add("next_step", nextStep(path, models))
        return Finding(facts)
    }

    private static func nextStep(_ path: String, _ models: [String]) -> String {
        if let first = models.first, models.allSatisfy({ $0.hasPrefix("Dataset") && $0.split(separator: "/").count == 2 }) {
            let place = models.count == 1 ? path : "\(path)/\(first.dropLast())"
            return "predict with it as it is (-m \(place)), or install it: nnunet install_pretrained_model_from_zip \(path)"
        }
        let place = models.first.map { " and give its folder, such as FOLDER/\($0.isEmpty ? "" : String($0.dropLast()))" }
        return "unpack it: unzip \(path) -d FOLDER\(place ?? " and give what is in it")"
    }

    /// One model folder of an archive by the names below it.
    private static func model(_ folder: String, in names: [String]) -> Facts {
        var facts = Facts()
        let parts = folder.split(separator: "/").last?.components(separatedBy: "__") ?? []
        facts.add("folder", folder.isEmpty ? "." : String(folder.dropLast()))
        if parts.count == 3 { facts.add("configuration", parts[2]) }
        let checkpoints = names.filter { $0.hasPrefix(folder + "fold_") && $0.hasSuffix(".pth") }.map { String($0.dropFirst(folder.count)) }
        facts.add("checkpoints", checkpoints.sorted())
        return facts
    }
}
