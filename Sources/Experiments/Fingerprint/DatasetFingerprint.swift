package import Files
package import PythonFormats

/// What nnU-Net keeps of a data set to plan by (`dataset_fingerprint.json`); axes are the files' own, slowest first.
package struct DatasetFingerprint: Sendable {
    /// Each case's spacing, mm.
    package let spacings: [[Double]]
    /// Each case's shape after the crop to what is not zero, voxels.
    package let shapesAfterCrop: [[Int]]
    /// The median of the parts that the crop leaves of the cases.
    package let medianRelativeSizeAfterCropping: Double
    /// The foreground's intensities by channel, as the file has them.
    package let intensityProperties: OrderedJSON

    /// Whether spacings are written without a fraction, as upstream does for pictures, which have none.
    private let writesWholeSpacings: Bool

    /// Joins what was found.
    package init(
        spacings: [[Double]], shapesAfterCrop: [[Int]], medianRelativeSizeAfterCropping: Double, intensityProperties: OrderedJSON,
        ofPictures: Bool = false
    ) {
        writesWholeSpacings = ofPictures
        self.spacings = spacings
        self.shapesAfterCrop = shapesAfterCrop
        self.medianRelativeSizeAfterCropping = medianRelativeSizeAfterCropping
        self.intensityProperties = intensityProperties
    }

    /// The content of the file, keys in upstream's order.
    package var json: OrderedJSON {
        [
            "foreground_intensity_properties_per_channel": intensityProperties,
            "median_relative_size_after_cropping": .number(medianRelativeSizeAfterCropping),
            "shapes_after_crop": .array(shapesAfterCrop.map(OrderedJSON.integers)),
            "spacings": .array(
                spacings.map { spacing in writesWholeSpacings ? .integers(spacing.map { Int($0) }) : .numbers(spacing) }),
        ]
    }

    /// Reads a fingerprint.
    ///
    /// - Throws: `Problem` that names file and key.
    package init(contentsOf path: String) throws(Problem) {
        try self.init(JSONField(file: path, value: OrderedJSON(contentsOf: path)))
    }

    /// Takes a fingerprint from the parsed file.
    package init(_ file: JSONField) throws(Problem) {
        let spacingLists = try file.required("spacings")
        let shapeLists = try file.required("shapes_after_crop")
        var spacings: [[Double]] = []
        for field in try spacingLists.elements() {
            var spacing: [Double] = []
            for element in try field.elements() {
                let millimetres = try element.finite()
                guard millimetres > 0 else { throw element.failure(expected: "a spacing above 0 mm") }
                spacing.append(millimetres)
            }
            guard spacing.count == 3 else { throw field.failure(expected: "three spacings") }
            spacings.append(spacing)
        }
        var shapes: [[Int]] = []
        for field in try shapeLists.elements() {
            let shape = try field.integers()
            guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else { throw field.failure(expected: "three sizes above 0") }
            shapes.append(shape)
        }
        guard !spacings.isEmpty, spacings.count == shapes.count else {
            throw shapeLists.failure(expected: "a shape for each of \(spacings.count) spacings, of one case at least")
        }
        self.spacings = spacings
        writesWholeSpacings = false
        shapesAfterCrop = shapes
        medianRelativeSizeAfterCropping = try file.required("median_relative_size_after_cropping").finite()
        intensityProperties = try file.required("foreground_intensity_properties_per_channel").value
    }
}
