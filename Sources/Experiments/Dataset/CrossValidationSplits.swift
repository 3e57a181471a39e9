package import Files
import Foundation
import PythonFormats

/// The division of training cases into folds, `splits_final.json`.
package enum CrossValidationSplits {
    /// What is to be written beside the preprocessed data where the raw data set brings its own division; nil for nothing.
    ///
    /// - Parameters:
    ///   - raw: the data set's folder.
    ///   - preprocessed: the folder of its preprocessed data, whose division must agree with it where there is one. It may hold more folds.
    /// - Throws: `Problem` for a fold that differs.
    /// - Returns: the file's content.
    package static func copy(from raw: String, to preprocessed: String) throws(Problem) -> [UInt8]? {
        let (source, target) = (raw + "/splits_final.json", preprocessed + "/splits_final.json")
        guard FileManager.default.fileExists(atPath: source) else { return nil }
        guard FileManager.default.fileExists(atPath: target) else { return try readFile(source, limit: OrderedJSON.sizeLimit) }
        let (own, others) = (try folds(source), try folds(target))
        for (number, fold) in own.enumerated() where number >= others.count || fold != others[number] {
            throw Problem(
                .unverified, of: .model, at: target, "fold \(number) differs from that in \(source)",
                advice: "remove one of the files; models that were trained by the one can't be judged by the other")
        }
        return nil
    }

    /// The cases of each fold, for training and validation.
    private static func folds(_ path: String) throws(Problem) -> [[Set<String>]] {
        var folds: [[Set<String>]] = []
        for field in try JSONField(file: path, value: OrderedJSON(contentsOf: path)).elements() {
            var fold: [Set<String>] = []
            for key in ["train", "val"] {
                var names: Set<String> = []
                for element in try field.required(key).elements() { names.insert(try element.string()) }
                fold.append(names)
            }
            folds.append(fold)
        }
        return folds
    }
}
