package import PythonFormats

extension PostprocessingRecipe {
    /// nnU-Net's argument `labels_or_regions` in the form in which its files have it.
    package enum LabelsOrRegions: Sendable, Hashable {
        /// Labels that count together, in a list.
        case labels([Int])
        /// A label, or a region as a tuple.
        case one(DatasetDescription.LabelValue)

        /// The step that it is the argument of.
        package var step: Step {
            switch self {
            case .labels(let values): Step(labels: values)
            case .one(let value): Step(labels: value.values)
            }
        }

        fileprivate var pickle: PickleValue {
            switch self {
            case .labels(let values): .list(values.map(PickleValue.integer))
            case .one(.label(let value)): .integer(value)
            case .one(.region(let values)): .tuple(values.map(PickleValue.integer))
            }
        }

        /// Python's `json` writes a tuple as a list.
        fileprivate var json: OrderedJSON {
            switch self {
            case .labels(let values), .one(.region(let values)): .array(values.map(OrderedJSON.integer))
            case .one(.label(let value)): .integer(value)
            }
        }
    }

    private static let function = "remove_all_but_largest_component_from_segmentation"

    /// The content of `postprocessing.pkl`: a list of nnU-Net's function, by name, and a list of its arguments.
    package static func pickled(_ steps: [LabelsOrRegions]) -> [UInt8] {
        let function = PickleValue.global(module: "nnunetv2.postprocessing.remove_connected_components", name: function)
        return PickleValue.tuple([
            .list(steps.map { _ in function }), .list(steps.map { .dictionary([("labels_or_regions", $0.pickle)]) }),
        ]).pickled
    }

    /// What `postprocessing.json` says of the same.
    package static func json(_ steps: [LabelsOrRegions]) -> [OrderedJSON.Member] {
        [
            .init("postprocessing_fns", .array(steps.map { _ in .string(function) })),
            .init("postprocessing_kwargs", .array(steps.map { ["labels_or_regions": $0.json] })),
        ]
    }
}
