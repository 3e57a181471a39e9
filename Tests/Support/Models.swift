package import Plans
import PythonFormats

/// Plans and labels of made-up models, parsed as those of real ones are.
package enum Models {
    /// - `labels`: the members of `labels` in dataset.json; regions need `order`.
    package static func labels(_ labels: [(String, [Int])], order: [Int]? = nil) throws -> LabelScheme {
        try LabelScheme(
            labels: labels.map { name, values in
                .init(
                    name: name, value: values.count == 1 && order == nil ? .label(values[0]) : values == [0] ? .label(0) : .region(values))
            },
            regionsClassOrder: order, path: "dataset.json")
    }

    /// Background and `count` − 1 further labels.
    package static func plainLabels(_ count: Int) throws -> LabelScheme {
        try labels((0..<count).map { ($0 == 0 ? "background" : "label \($0)", [$0]) })
    }

    package static func plans(
        channels: Int = 1, forward: [Int] = [0, 1, 2], backward: [Int] = [0, 1, 2], intensities: IntensityProperties? = nil
    ) throws -> Plans {
        let numbers = intensities ?? IntensityProperties(mean: 0, std: 1, percentile005: -1000, percentile995: 1000)
        let entry: OrderedJSON = [
            "mean": .number(numbers.mean), "std": .number(numbers.std), "percentile_00_5": .number(numbers.percentile005),
            "percentile_99_5": .number(numbers.percentile995),
        ]
        let json: OrderedJSON = [
            "image_reader_writer": "SimpleITKIO",
            "transpose_forward": .array(forward.map { .integer($0) }),
            "transpose_backward": .array(backward.map { .integer($0) }),
            "foreground_intensity_properties_per_channel": .object((0..<channels).map { .init(String($0), entry) }),
            "configurations": [:],
        ]
        return try Plans(json: json, path: "plans.json")
    }

    package static func configuration(
        schemes: [NormalizationScheme] = [.none], masked: [Bool]? = nil, spacing: [Double] = [1, 1, 1], patch: [Int] = [4, 4, 4],
        data: ResamplingFunction = .init(kind: .spline, order: 3), probabilities: ResamplingFunction = .init(kind: .spline, order: 1),
        previousStage: String? = nil
    ) -> PlansConfiguration {
        PlansConfiguration(
            name: "made up", patchSize: patch, spacing: spacing, normalizationSchemes: schemes,
            useMaskForNormalization: masked ?? schemes.map { _ in false }, resamplingOfData: data,
            resamplingOfProbabilities: probabilities, previousStage: previousStage)
    }
}
