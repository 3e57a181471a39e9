import CasePrediction
import Files
import Foundation
import CPUEngine
import Networks
import Plans
import PythonFormats
import Tensors
import TrainedModels

extension Inspection {
    /// A model folder: what it segments, how, with which checkpoints, and whether it runs here.
    static func modelFolder(_ path: String) -> Finding {
        let model: ModelFolder
        do {
            model = try ModelFolder.open(path: path)
        } catch {
            return unusableModel(path, Failure(error))
        }
        var problems: [Failure] = []
        do throws(Problem) {
            _ = try readerWriter(named: model.plans.imageReaderWriter, fileEnding: model.dataset.fileEnding)
        } catch {
            problems.append(Failure(error))
        }
        let folds = model.folds.map { fold($0, of: model, problems: &problems) }
        let memory = memory(of: model, problems: &problems)
        var facts = Facts()
        facts.add("kind", "nnU-Net model folder")
        facts.add("path", path)
        facts.add("runs_here", .bool(problems.isEmpty))
        facts.add("why_not", problems.map(\.description))
        facts.add("trainer", model.trainerName)
        facts.add("configuration", model.configurationName)
        facts.add("channels", model.dataset.channelNames)
        add(model.labels, to: &facts)
        facts.add("patch_size", model.configuration.patchSize)
        facts.add("spacing_mm", model.configuration.spacing)
        facts.add("normalization", model.configuration.normalizationSchemes.map(\.rawValue))
        facts.add("reader", model.plans.imageReaderWriter)
        facts.add("file_ending", model.dataset.fileEnding)
        facts.add("mirroring_axes", model.mirroringAxes ?? [])
        facts.add("previous_stage", model.configuration.previousStage)
        facts.add("network", network(model.network).json)
        facts.add("memory", memory?.json)
        facts.add("folds", .array(folds.map(\.json)))
        facts.add("notes", model.labels.warnings)
        return Finding(facts, failure: problems.first)
    }

    /// What the values of a mask mean, and which regions they make up.
    private static func add(_ labels: LabelScheme, to facts: inout Facts) {
        var values = Facts()
        for (value, name) in labels.names.sorted(by: { $0.key < $1.key }) where value != 0 { values.add(String(value), name) }
        if labels.hasRegions {
            var regions = Facts()
            for region in labels.structures { regions.add(region.name, region.values) }
            facts.add("regions", regions.json)
        }
        facts.add(labels.hasRegions ? "mask_values" : "labels", values.json)
    }

    /// What the files of a model say that can't run here.
    private static func unusableModel(_ path: String, _ failure: Failure) -> Finding {
        var facts = Facts()
        facts.add("kind", "nnU-Net model folder")
        facts.add("path", path)
        facts.add("runs_here", .bool(false))
        facts.add("why_not", [failure.description])
        if let dataset = try? DatasetDescription(contentsOf: path + "/dataset.json") {
            facts.add("channels", dataset.channelNames)
            facts.add("labels", dataset.labels.map(\.name))
            facts.add("file_ending", dataset.fileEnding)
        }
        if let plans = try? OrderedJSON(contentsOf: path + "/plans.json") {
            facts.add("reader", plans["image_reader_writer"]?.string)
            let configurations = plans["configurations"]?.members ?? []
            facts.add("configurations", configurations.map(\.key))
            let networks = configurations.compactMap {
                $0.value["architecture"]?["network_class_name"]?.string ?? $0.value["UNet_class_name"]?.string
            }
            facts.add("networks", Set(networks).sorted())
        }
        return Finding(facts, failure: failure)
    }

    private static func network(_ network: NetworkGraph) -> Facts {
        var facts = Facts()
        facts.add("class", network.family)
        facts.add("dimensions", network.spatialDimensions)
        facts.add("features", network.stages.map(\.channels))
        facts.add("kernel_sizes", .array(network.stages.map { .array($0.kernel.map(OrderedJSON.integer)) }))
        facts.add("strides", .array(network.stages.map { .array($0.stride.map(OrderedJSON.integer)) }))
        return facts
    }

    private static func fold(_ fold: ModelFolder.Fold, of model: ModelFolder, problems: inout [Failure]) -> Facts {
        var facts = Facts()
        facts.add("fold", fold.name.description)
        facts.add("checkpoint", fold.checkpointPath)
        do {
            facts.add("sha256", try model.openCheckpoint(fold).sha256)
        } catch {
            let failure = Failure(error)
            facts.add("problem", failure.description)
            problems.append(failure)
        }
        return facts
    }

    /// What a case of the training's median size takes, and what there is; a model that can't fit with one fold does not run here.
    private static func memory(of model: ModelFolder, problems: inout [Failure]) -> Facts? {
        let need: NetworkMemory
        do {
            need = try Network.memory(
                of: model.network, patch: model.configuration.patchSize, threads: ThreadTeam.availableProcessors)
        } catch {
            problems.append(Failure(error.at(model.path)))
            return nil
        }
        let there = MemoryLimit.current
        let typicalCase = medianCase(of: model)
        let least = need.activations + need.weights + (typicalCase ?? 0)
        if least > there {
            problems.append(
                Failure(
                    .badModel,
                    "\(model.path): a case of the training's median size needs \(least.inBytes) of memory, and \(there.inBytes) are there"))
        }
        var facts = Facts()
        facts.add("network_bytes", need.activations)
        facts.add("weights_bytes", need.weights * model.folds.count)
        facts.add("median_case_bytes", typicalCase)
        facts.add("machine_bytes", there)
        return facts
    }

    /// A case of the training's median size at its worst moment, as `CaseMemory` counts a real one.
    private static func medianCase(of model: ModelFolder) -> Int? {
        let sizes = model.plans.json["configurations"]?[model.configurationName]?["median_image_size_in_voxels"]?.elements
        let originalSizes = model.plans.json["original_median_shape_after_transp"]?.elements
        guard let size = sizes?.compactMap(\.double), let original = originalSizes?.compactMap(\.double), original.count == 3, !size.isEmpty
        else { return nil }
        // A 2D configuration keeps the slices.
        let input = size.reduce(size.count == 2 ? original[0] : 1, *)
        let image = original.reduce(1, *)
        let (channels, heads) = (Double(model.dataset.channelNames.count), Double(model.labels.headCount))
        let preparing = 4 * (channels * (image + input) + image)
        let predicting = 4 * (channels + heads) * input
        let exporting = 4 * heads * input + 2 * image
        return Int(exactly: max(preparing, predicting, exporting).rounded())
    }
}
