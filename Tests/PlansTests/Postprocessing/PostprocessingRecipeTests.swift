import Files
import Foundation
import Plans
import PythonFormats
import TestSupport
import Testing

@Suite struct PostprocessingRecipeTests {
    /// `([f, f, f], [{labels_or_regions: [int64(1), int64(2), (3, 4)]}, {labels_or_regions: int64(2)},
    /// {labels_or_regions: (1, 3), background_label: 5}])`, protocol 4.
    @Test func `a pickle with lists, NumPy scalars and regions is read`() throws {
        let recipe = try read(
            base64:
                "gASVUgEAAAAAAABdlCiMM25udW5ldHYyLnBvc3Rwcm9jZXNzaW5nLnJlbW92ZV9jb25uZWN0ZWRfY29tcG9uZW50c5SMMnJlbW92ZV9hbGxfYnV0X2xhcmdlc3RfY29tcG9uZW50X2Zyb21fc2VnbWVudGF0aW9ulJOUaANoA2VdlCh9lIwRbGFiZWxzX29yX3JlZ2lvbnOUXZQojBZudW1weS5fY29yZS5tdWx0aWFycmF5lIwGc2NhbGFylJOUjAVudW1weZSMBWR0eXBllJOUjAJpOJSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiQwgBAAAAAAAAAJSGlFKUaApoEEMIAgAAAAAAAACUhpRSlEsDSwSGlGVzfZRoBmgKaBBDCAIAAAAAAAAAlIaUUpRzfZQoaAZLAUsDhpSMEGJhY2tncm91bmRfbGFiZWyUSwV1ZYaULg=="
        )
        #expect(recipe.steps == [.init(labels: [1, 2, 3, 4]), .init(labels: [2]), .init(labels: [1, 3], background: 5)])
    }

    @Test func `an empty recipe is valid`() throws {
        #expect(try read(base64: "gASVBwAAAAAAAABdlF2UhpQu").steps.isEmpty)
    }

    @Test(arguments: ["pkl", "json"]) func `what is written is read as the same`(form: String) throws {
        let steps: [PostprocessingRecipe.LabelsOrRegions] = [.labels([1, 2, 3]), .one(.label(2)), .one(.region([1, 3]))]
        for written in [steps, []] {
            let json = OrderedJSON.object(PostprocessingRecipe.json(written)).pythonText(sortedKeys: true)
            let content = form == "pkl" ? PostprocessingRecipe.pickled(written) : Array(json.utf8)
            let file = try TemporaryFile(content, name: "postprocessing." + form)
            #expect(try PostprocessingRecipe.read(path: file.path).steps == written.map(\.step))
        }
    }

    @Test func `lists, labels and regions are told apart as nnU-Net does`() throws {
        let content = PostprocessingRecipe.pickled([.labels([1, 2]), .one(.label(2)), .one(.region([1, 3]))])
        let graph = try PickleReader.read(content)
        let parts = try #require(graph.sequence(graph.root))
        let arguments = try #require(graph.sequence(parts[1])).map { graph.describe(graph.value("labels_or_regions", in: $0) ?? $0) }
        #expect(arguments == ["a list of 2", "the integer 2", "a tuple of 2"])
        let functions = try #require(graph.sequence(parts[0])).map { graph.globalName($0) }
        #expect(
            Set(functions) == [
                "nnunetv2.postprocessing.remove_connected_components.remove_all_but_largest_component_from_segmentation"
            ])
    }

    @Test func `any other function is refused by name and never called`() throws {
        let error = try #require(throws: Problem.self) {
            try read(base64: "gASVNwAAAAAAAABdlIwIYnVpbHRpbnOUjAVwcmludJSTlGFdlH2UjBFsYWJlbHNfb3JfcmVnaW9uc5RLAXNhhpQu")
        }
        #expect(error.description.contains("the function builtins.print is not supported"))
    }

    @Test func `the JSON form means the same`() throws {
        let text = #"""
            {"postprocessing_fns": ["remove_all_but_largest_component_from_segmentation", "remove_all_but_largest_component_from_segmentation"],
             "postprocessing_kwargs": [{"labels_or_regions": [2, [1, 3]]}, {"labels_or_regions": 7, "background_label": 1}]}
            """#
        let file = try TemporaryFile(Array(text.utf8), name: "postprocessing.json")
        #expect(try PostprocessingRecipe.read(path: file.path).steps == [.init(labels: [1, 2, 3]), .init(labels: [7], background: 1)])
    }

    @Test(arguments: [
        (#"{"postprocessing_fns": [], "postprocessing_kwargs": [{}]}"#, "expected 0 entries, found 1"),
        (
            #"{"postprocessing_fns": ["remove_all_but_largest_component_from_segmentation"], "postprocessing_kwargs": [{}]}"#,
            "labels_or_regions"
        ),
        (
            #"{"postprocessing_fns": ["remove_all_but_largest_component_from_segmentation"], "postprocessing_kwargs": [{"labels_or_regions": [1.5]}]}"#,
            "label values from 0 to 65535"
        ),
        (
            #"{"postprocessing_fns": ["remove_all_but_largest_component_from_segmentation"], "postprocessing_kwargs": [{"labels_or_regions": 1, "size": 3}]}"#,
            "another argument"
        ),
    ]) func `a malformed recipe is refused`(_ text: String, _ reason: String) throws {
        let file = try TemporaryFile(Array(text.utf8), name: "postprocessing.json")
        let error = try #require(throws: Problem.self) { try PostprocessingRecipe.read(path: file.path) }
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
    func `the reference's two forms are one recipe`() throws {
        let folder = SharedReference.path(
            "expected/best_configuration/ensemble___nnUNetTrainer__nnUNetPlansSmall__2d___nnUNetTrainer__nnUNetPlansSmall__3d_fullres___0_1_2"
        )
        let recipe = try PostprocessingRecipe.read(path: folder + "/postprocessing.pkl")
        #expect(recipe.steps == [.init(labels: [1, 2]), .init(labels: [1]), .init(labels: [2])])
        #expect(try PostprocessingRecipe.read(path: folder + "/postprocessing.json") == recipe)
    }

    private func read(base64: String) throws -> PostprocessingRecipe {
        let file = try TemporaryFile(Array(try #require(Data(base64Encoded: base64))), name: "postprocessing.pkl")
        return try PostprocessingRecipe.read(path: file.path)
    }
}
