package import Files
package import PythonFormats

/// The postprocessing that cross-validation found worth while, from `postprocessing.pkl` or `postprocessing.json`.
///
/// nnU-Net has one function, `remove_all_but_largest_component_from_segmentation`; a recipe is a list of its arguments.
package struct PostprocessingRecipe: Sendable, Hashable {
    /// One application of the function: of the union of some labels, only the largest components stay.
    package struct Step: Sendable, Hashable {
        /// The labels whose union is looked at, ascending.
        package let labels: [Int]
        /// What removed voxels become.
        package let background: Int

        /// Joins the arguments; the order and repetition of labels do not matter.
        package init(labels: [Int], background: Int = 0) {
            self.labels = Set(labels).sorted()
            self.background = background
        }
    }

    /// The steps in their order; none is a valid recipe.
    package let steps: [Step]

    /// Every label that a step names, ascending.
    package var labels: [Int] { Set(steps.flatMap { $0.labels + [$0.background] }).sorted() }

    /// Those of them that a model does not write: the recipe was made for another, and would cut nothing or the wrong things.
    package func labels(unknownTo scheme: LabelScheme) -> [Int] {
        let known = Set(scheme.names.keys).union(scheme.allLabels)
        return labels.filter { !known.contains($0) }
    }

    /// A recipe of some steps.
    package init(steps: [Step]) {
        self.steps = steps
    }

    /// Reads either form; a file whose name ends in `.json` is JSON, any other a pickle. Nothing in a pickle is carried out.
    /// - Throws: `Problem.unsupported` for any other function.
    package static func read(path: String) throws(Problem) -> PostprocessingRecipe {
        let calls = path.hasSuffix(".json") ? try callsOfJSON(path) : try callsOfPickle(path)
        var steps: [Step] = []
        for call in calls {
            guard className(of: call.function) == "remove_all_but_largest_component_from_segmentation" else {
                throw .unsupported(
                    path: path, found: "the function \(call.function.prefix(100))",
                    supported: "remove_all_but_largest_component_from_segmentation")
            }
            steps.append(try step(call.arguments, path: path))
        }
        return PostprocessingRecipe(steps: steps)
    }

    private struct Call {
        let function: String
        /// Label values by the name of the argument; nil where they are no integers.
        let arguments: [(name: String, labels: [Int]?)]
    }

    private static func step(_ arguments: [(name: String, labels: [Int]?)], path: String) throws(Problem) -> Step {
        var labels: [Int]?
        var background = 0
        for argument in arguments {
            guard let values = argument.labels, values.allSatisfy({ 0...Int(UInt16.max) ~= $0 }) else {
                throw failure(path, argument.name, "label values from 0 to 65535", "something else")
            }
            switch argument.name {
            case "labels_or_regions": labels = values
            case "background_label" where values.count == 1: background = values[0]
            default: throw failure(path, argument.name, "labels_or_regions and background_label", "another argument")
            }
        }
        guard let labels else { throw failure(path, "labels_or_regions", "label values", "no such argument") }
        return Step(labels: labels, background: background)
    }

    /// `{postprocessing_fns: [name], postprocessing_kwargs: [{…}]}`; regions and lists of labels look alike and mean the same.
    private static func callsOfJSON(_ path: String) throws(Problem) -> [Call] {
        let file = JSONField(file: path, value: try OrderedJSON(contentsOf: path))
        let functions = try file.required("postprocessing_fns").elements()
        let arguments = try file.required("postprocessing_kwargs").elements()
        guard functions.count == arguments.count else {
            throw failure(path, "postprocessing_kwargs", "\(functions.count) entries", "\(arguments.count)")
        }
        var calls: [Call] = []
        for (function, arguments) in zip(functions, arguments) {
            calls.append(Call(function: try function.string(), arguments: try arguments.members().map { ($0.key, labels($0.field.value)) }))
        }
        return calls
    }

    /// A number, a list of numbers, or a list that also holds regions, which are lists.
    private static func labels(_ value: OrderedJSON) -> [Int]? {
        if let label = value.integer { return [label] }
        guard let elements = value.elements else { return nil }
        let nested = elements.map { element in element.integer.map { [$0] } ?? element.elements?.compactMap(\.integer) }
        let values = nested.compactMap(\.self)
        return values.count == elements.count ? values.flatMap(\.self) : nil
    }

    /// A tuple of a list of functions, by name, and a list of dictionaries of arguments.
    private static func callsOfPickle(_ path: String) throws(Problem) -> [Call] {
        let graph = try readPickle(path)
        func failure(_ reference: PickleGraph.Reference) -> Problem {
            Self.failure(path, "content", "a list of functions and a list of arguments", graph.describe(reference))
        }
        guard let parts = graph.sequence(graph.root), parts.count == 2, let functions = graph.sequence(parts[0]),
            let arguments = graph.sequence(parts[1]), functions.count == arguments.count
        else { throw failure(graph.root) }
        var calls: [Call] = []
        for (function, arguments) in zip(functions, arguments) {
            guard let name = graph.globalName(function) else { throw failure(function) }
            guard let pairs = graph.pairs(arguments) else { throw failure(arguments) }
            var named: [(name: String, labels: [Int]?)] = []
            for pair in pairs { named.append((graph.text(pair.key) ?? "?", graph.labels(pair.value))) }
            calls.append(Call(function: name, arguments: named))
        }
        return calls
    }

    private static func failure(_ path: String, _ item: String, _ expected: String, _ found: String) -> Problem {
        .mismatch(
            path: path, item: item, expected: expected, found: found,
            advice: "give the postprocessing.pkl or .json that nnUNetv2_determine_postprocessing or find_best_configuration wrote")
    }
}

extension PickleGraph {
    /// A label, a region, or a list of both, flattened.
    fileprivate func labels(_ reference: Reference) -> [Int]? {
        if let label = integer(reference) { return [label] }
        guard let items = sequence(reference) else { return nil }
        var labels: [Int] = []
        for item in items {
            guard let values = integer(item).map({ [$0] }) ?? integers(item) else { return nil }
            labels += values
        }
        return labels
    }
}

/// Reads a small pickle file; nothing in it is carried out.
package func readPickle(_ path: String) throws(Problem) -> PickleGraph {
    let bytes = try readFile(path, limit: PickleReader.sizeLimit)
    do throws(Problem) {
        return try PickleReader.read(bytes)
    } catch {
        throw error.at(path)
    }
}
