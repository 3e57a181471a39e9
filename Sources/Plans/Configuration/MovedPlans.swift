package import Files
package import PythonFormats

/// Plans of one data set as another data set uses them (nnU-Net's `move_plans_between_datasets`): names are changed, all else stays,
/// intensities and the order of keys included.
///
/// - Parameters:
///   - plans: the plans file of the source.
///   - name: the name that the plans have there.
///   - dataset: the target's name.
///   - newName: the name that they get; where it is another, preprocessed data get other names, too.
///   - reader: the class that reads and writes the target's files.
/// - Throws: `Problem.mismatch` for a file that holds no plans.
/// - Returns: the content of the target's plans file.
package func movedPlans(
    _ plans: JSONField, called name: String, to dataset: String, as newName: String, reader: String
) throws(Problem) -> OrderedJSON {
    var moved: [OrderedJSON.Member] = []
    for (key, field) in try plans.members() {
        let value: OrderedJSON =
            switch key {
            case "dataset_name": .string(dataset)
            case "plans_name": .string(newName)
            case "image_reader_writer": .string(reader)
            case "configurations" where newName != name: try renamedConfigurations(field, from: name, to: newName)
            default: field.value
            }
        moved.append(.init(key, value))
    }
    for (key, value) in [("dataset_name", dataset), ("plans_name", newName), ("image_reader_writer", reader)]
    where !moved.contains(where: { $0.key == key }) {
        moved.append(.init(key, .string(value)))
    }
    return .object(moved)
}

/// Data of other plans must not be taken for these plans': a name of its own gets the plans' name before it.
private func renamedConfigurations(_ configurations: JSONField, from name: String, to newName: String) throws(Problem) -> OrderedJSON {
    var renamed: [OrderedJSON.Member] = []
    for (key, configuration) in try configurations.members() {
        var settings: [OrderedJSON.Member] = []
        for (setting, field) in try configuration.members() {
            guard setting == "data_identifier" else {
                settings.append(.init(setting, field.value))
                continue
            }
            let identifier = try field.string()
            settings.append(
                .init(
                    setting, .string(newName + (identifier.hasPrefix(name) ? String(identifier.dropFirst(name.count)) : "_" + identifier))))
        }
        renamed.append(.init(key, .object(settings)))
    }
    return .object(renamed)
}
