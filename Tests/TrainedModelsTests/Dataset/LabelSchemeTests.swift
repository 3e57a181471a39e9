import Testing
import TrainedModels

@Suite struct LabelSchemeTests {
    @Test func `regions follow the order of the file`() throws {
        let labels = try scheme(
            #"{"background": 0, "wt": [1, 2, 3], "tc": [2, 3], "et": [3], "x": 4}"#, order: "[1, 2, 3, 9]")
        #expect(labels.hasRegions)
        #expect(labels.headCount == 4)
        #expect(labels.foregroundRegions == [[1, 2, 3], [2, 3], [3], [4]])
        #expect(labels.reportKeys == ["(1, 2, 3)", "(2, 3)", "(3,)", "4"])
        #expect(labels.regionsClassOrder == [1, 2, 3, 9])
        #expect(labels.names == [0: "background", 1: "wt", 2: "tc", 3: "et", 9: "x"])
        #expect(labels.allLabels == [0, 1, 2, 3, 4])
    }

    @Test func `a list of one value is a label`() throws {
        let labels = try scheme(#"{"background": 0, "a": [3], "b": 1}"#)
        #expect(!labels.hasRegions)
        #expect(labels.headCount == 3)
        #expect(labels.names == [0: "background", 1: "b", 2: "a"])
    }

    @Test func `labels with gaps are written as channel numbers, with a warning`() throws {
        let labels = try scheme(#"{"background": 0, "a": 5, "b": 9}"#)
        #expect(labels.allLabels == [0, 5, 9])
        #expect(labels.names == [0: "background", 1: "a", 2: "b"])
        #expect(labels.warnings.count == 1)
        #expect(try scheme(#"{"background": 0, "a": 1}"#).warnings.isEmpty)
    }

    @Test func `the ignore label has no channel and is one above the highest`() throws {
        let labels = try scheme(#"{"background": 0, "a": 1, "ignore": 2}"#)
        #expect(labels.headCount == 2)
        #expect(labels.ignoreLabel == 2)
        expectRefusal("labels.ignore: expected 2", #"{"background": 0, "a": 1, "ignore": 3}"#)
        expectRefusal("labels.ignore: expected 2", #"{"background": 0, "a": 1, "ignore": [2]}"#)
        let regions = try scheme(#"{"background": 0, "a": [1, 2], "b": 2, "ignore": 3}"#, order: "[1, 2]")
        #expect(regions.headCount == 2)
    }

    @Test func `background must be there and 0`() {
        expectRefusal("labels.background: expected 0, found no such label", #"{"a": 1}"#)
        expectRefusal("labels.background: expected 0", #"{"background": 1, "a": 0}"#)
        expectRefusal("labels.background: expected 0", #"{"background": [0], "a": 1}"#)
    }

    @Test func `regions need an order of their length`() {
        expectRefusal("regions_class_order: expected 2 values, found no such key", #"{"background": 0, "a": [1, 2], "b": 2}"#)
        expectRefusal("regions_class_order: expected 2 values", #"{"background": 0, "a": [1, 2], "b": 2}"#, order: "[1]")
    }

    @Test func `labels of version 1, number to name, are refused with the reason`() {
        expectRefusal("version 1 have them the other way round", #"{"0": "background", "1": "liver"}"#)
    }

    @Test func `modality wins over channel names, and channels are in numerical order`() throws {
        let json = try OrderedJSON(
            parsing: Array(
                #"{"channel_names": {"0": "x"}, "modality": {"1": "T2", "10": "C", "0": "T1"}, "labels": {"background": 0}, "file_ending": ".nii"}"#
                    .utf8), path: "dataset.json")
        #expect(try DatasetDescription(json: json, path: "dataset.json").channelNames == ["T1", "T2", "C"])
    }

    private func scheme(_ labels: String, order: String = "null") throws -> LabelScheme {
        let text =
            #"{"channel_names": {"0": "CT"}, "labels": \#(labels), "regions_class_order": \#(order), "file_ending": ".nii.gz"}"#
        let dataset = try DatasetDescription(json: OrderedJSON(parsing: text.utf8, path: "dataset.json"), path: "dataset.json")
        return try LabelScheme(dataset, path: "dataset.json")
    }

    private func expectRefusal(
        _ reason: String, _ labels: String, order: String = "null", sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: ModelError.self, sourceLocation: sourceLocation) { try scheme(labels, order: order) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")", sourceLocation: sourceLocation)
    }
}
