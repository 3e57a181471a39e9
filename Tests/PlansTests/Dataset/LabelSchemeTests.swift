import Files
import Plans
import PythonFormats
import Testing

@Suite struct LabelSchemeTests {
    @Test func `regions follow the order of the file`() throws {
        let labels = try scheme(
            #"{"background": 0, "wt": [1, 2, 3], "tc": [2, 3], "et": [3], "x": 4}"#, order: "[1, 2, 3, 9]")
        #expect(labels.hasRegions)
        #expect(labels.headCount == 4)
        #expect(labels.foregroundRegions == [[1, 2, 3], [2, 3], [3], [4]])
        #expect(labels.foreground.map(\.reportKey) == ["(1, 2, 3)", "(2, 3)", "(3,)", "4"])
        #expect(labels.regionsClassOrder == [1, 2, 3, 9])
        #expect(labels.allLabels == [0, 1, 2, 3, 4])
    }

    @Test func `a region is the union of its labels, and a value of the mask belongs to all regions around it`() throws {
        let labels = try scheme(#"{"background": 0, "wt": [1, 2, 3], "tc": [2, 3], "et": [3]}"#, order: "[1, 2, 3]")
        #expect(
            labels.structures == [
                .init(name: "wt", values: [1, 2, 3]), .init(name: "tc", values: [2, 3]), .init(name: "et", values: [3]),
            ])
        #expect(labels.names == [0: "background", 1: "wt only", 2: "wt + tc", 3: "wt + tc + et"])
        #expect(labels.warnings.isEmpty)
    }

    @Test func `values that are no labels of their regions are understood by which region lies within which, with a warning`() throws {
        let labels = try scheme(#"{"background": 0, "whole": [1, 2], "inner": 2}"#, order: "[2, 1]")
        #expect(labels.structures == [.init(name: "whole", values: [1, 2]), .init(name: "inner", values: [1])])
        #expect(labels.names == [0: "background", 1: "whole + inner", 2: "whole only"])
        #expect(labels.warnings.count == 1)
        #expect(labels.warnings[0].contains("gives the region inner the value 1, which is none of its labels [2]"))
    }

    @Test func `regions that a mask can't show as they are give a warning`() throws {
        let covered = try scheme(#"{"background": 0, "inner": 2, "whole": [1, 2]}"#, order: "[2, 1]")
        #expect(covered.warnings == ["the region whole is written over inner, which lies within it and so never shows"])
        let crossing = try scheme(#"{"background": 0, "a": [1, 2], "b": [2, 3]}"#, order: "[1, 3]")
        #expect(crossing.warnings.count == 1)
        #expect(crossing.warnings[0].hasPrefix("the regions a and b overlap, and where both are the mask can only show the latter"))
    }

    @Test func `labels are what Python's int makes of them`() throws {
        let labels = try scheme(#"{"background": 0.0, "a": "1", "b": 2.0, "c": true, "d": [" 3 "], "e": []}"#)
        #expect(labels.allLabels == [0, 1, 2, 3])
        #expect(labels.names == [0: "background", 1: "a", 2: "b", 3: "d"])
        #expect(try scheme(#"{"background": false, "a": [1, "2"], "b": ["2"]}"#, order: "[true, 2.0]").regionsClassOrder == [1, 2])
        for value in ["null", "{}", "[[1]]", #""one""#, "NaN", "Infinity", "-1"] {
            expectRefusal("labels.a", #"{"background": 0, "a": \#(value)}"#)
        }
    }

    @Test func `an ignore label that is null is none`() throws {
        let labels = try scheme(#"{"background": 0, "a": 1, "ignore": null}"#)
        #expect(labels.ignoreLabel == nil)
        #expect(labels.headCount == 2)
        for value in ["2.0", #""2""#] {
            expectRefusal("labels.ignore: expected an integer", #"{"background": 0, "a": 1, "ignore": \#(value)}"#)
        }
    }

    @Test func `an order of regions is not read where there are no regions`() throws {
        for order in ["null", #""1, 2""#, "[1.5, null]", "{}"] {
            #expect(try scheme(#"{"background": 0, "a": 1}"#, order: order).headCount == 2)
        }
        for order in [#"["1", 2]"#, "[1, null]", "[1, 40000]", "3"] {
            expectRefusal("regions_class_order", #"{"background": 0, "a": [1, 2], "b": 2}"#, order: order)
        }
    }

    @Test(arguments: [(#"["T1", "T2"]"#, 2), (#"{"0": 5, "x": null}"#, 2), (#""T""#, 1), (#"{"1": "a", "0": "b", "2": "c"}"#, 3)])
    func `channels are counted, whatever they are called`(channels: String, count: Int) throws {
        let text = #"{"channel_names": \#(channels), "labels": {"background": 0, "a": 1}, "file_ending": ".nii.gz"}"#
        let json = try OrderedJSON(parsing: text.utf8, path: "dataset.json")
        #expect(try DatasetDescription(json: json, path: "dataset.json").channelNames.count == count)
    }

    @Test func `keys that inference never reads may hold anything`() throws {
        let text = #"""
            {"name": null, "description": ["a"], "numTraining": "many", "training": {"x": NaN}, "tensorImageSize": Infinity,
             "overwrite_image_reader_writer": 3, "_comment": -Infinity, "dataset": false, "licence": {},
             "channel_names": {"0": "CT"}, "labels": {"background": 0, "a": 1}, "file_ending": ".nii.gz"}
            """#
        let json = try OrderedJSON(parsing: text.utf8, path: "dataset.json")
        #expect(try DatasetDescription(json: json, path: "dataset.json").fileEnding == ".nii.gz")
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
        let error = #expect(throws: Problem.self, sourceLocation: sourceLocation) { try scheme(labels, order: order) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")", sourceLocation: sourceLocation)
    }
}
