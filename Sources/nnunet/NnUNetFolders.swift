import Foundation

/// nnU-Net's folders from the environment, and the lookup of datasets in them (`dataset_name_id_conversion.py`).
struct NnUNetFolders {
    /// The folders that nnU-Net knows by an environment variable of the same name.
    enum Root: String, CaseIterable {
        case preprocessed = "nnUNet_preprocessed"
        case raw = "nnUNet_raw"
        case results = "nnUNet_results"
    }

    let environment: [String: String]

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }

    /// A folder that must be set.
    ///
    /// - `alternative`: another way, in words that follow "export …".
    func path(of root: Root, alternative: String = "") throws(Failure) -> String {
        guard let path = environment[root.rawValue], !path.isEmpty else {
            throw Failure(.missing, "\(root.rawValue) is not set: export \(root.rawValue)=…\(alternative)")
        }
        return path
    }

    /// The name of a dataset's folder from its name or number.
    ///
    /// `Dataset…` is taken as it is. A number matches every folder that starts with `Dataset` and the number in at least three digits, as
    /// upstream: 100 also matches `Dataset1000_x`. None or more than one is an error.
    func datasetName(_ text: String) throws(Failure) -> String {
        if text.hasPrefix("Dataset") { return text }
        guard let number = Int(text), number >= 0 else {
            throw Failure(.usage, "a dataset is given by its number or its name starting with Dataset, not '\(text)'")
        }
        let found = datasets(numbered: number)
        guard let name = found.first else {
            let places =
                roots.isEmpty ? "nnUNet_raw, nnUNet_preprocessed and nnUNet_results are not set" : roots.joined(separator: ", ")
            throw Failure(.missing, "no folder \(Self.datasetPrefix(number))… for dataset \(text) (\(places))")
        }
        guard found.count == 1 else {
            throw Failure(.usage, "dataset \(text) is ambiguous: \(found.joined(separator: ", ")); give the whole name")
        }
        return name
    }

    /// The names of several data sets' folders, which lead nowhere else.
    func datasetNames(_ texts: [String]) throws(Failure) -> [String] {
        var names: [String] = []
        for text in texts {
            let name = try datasetName(text)
            guard Self.isName(name) else { throw Failure(.usage, "'\(name)' is no data set's name") }
            names.append(name)
        }
        return names
    }

    /// The names of the folders, in any of nnU-Net's, that a number matches; sorted.
    func datasets(numbered number: Int) -> [String] {
        let prefix = Self.datasetPrefix(number)
        let found = roots.flatMap { path in
            ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter {
                $0.hasPrefix(prefix) && isFolder(path + "/" + $0)
            }
        }
        return Set(found).sorted()
    }

    /// `Dataset` and a number in at least three digits.
    static func datasetPrefix(_ number: Int) -> String {
        let digits = String(number)
        return "Dataset" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    /// nnU-Net's folders that are set.
    private var roots: [String] { Root.allCases.compactMap { environment[$0.rawValue] }.filter { !$0.isEmpty } }

    /// `<nnUNet_results>/<dataset>/<trainer>__<plans>__<configuration>`
    func modelFolder(
        dataset: String, trainer: String, plans: String, configuration: String, alternative: String = ""
    ) throws(Failure) -> String {
        let path = try joinedPath(
            path(of: .results, alternative: alternative), datasetName(dataset) + "/\(trainer)__\(plans)__\(configuration)")
        guard isFolder(path) else { throw Failure(.missing, "\(path): there is no such model folder; check dataset, -c, -tr and -p") }
        return path
    }

    /// Whether a text may be a part of a path below these folders, and leads nowhere else.
    static func isName(_ text: String) -> Bool { !text.isEmpty && !text.contains("/") && !text.hasPrefix(".") }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
