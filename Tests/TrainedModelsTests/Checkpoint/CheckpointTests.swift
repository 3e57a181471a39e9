import Files
import Foundation
import Networks
import PythonFormats
import Tensors
import TestSupport
import Testing
import TrainedModels

@Suite struct CheckpointTests {
    @Test func `a checkpoint gives configuration, trainer, mirroring and weights`() throws {
        let (model, checkpoint) = try TestModel().opened()
        #expect(model.configurationName == "2d")
        #expect(model.trainerName == "nnUNetTrainer")
        #expect(model.mirroringAxes == [0, 1])
        #expect(try checkpoint.weight("encoder.stages.1.0.convs.0.conv.bias", shape: [3]) == [0, 1, 2])
        #expect(checkpoint.contains("decoder.transpconvs.0.bias"))
        #expect(!checkpoint.contains("decoder.transpconvs.2.bias"))
        #expect(checkpoint.sha256.count == 64)
    }

    @Test(arguments: ["module.", "_orig_mod.", "module._orig_mod."]) func `a wrapper's prefix is removed`(_ prefix: String) throws {
        var model = try TestModel()
        model.rename { prefix + $0 }
        let (_, checkpoint) = try model.opened()
        #expect(checkpoint.contains("encoder.stages.0.0.convs.0.conv.weight"))
    }

    @Test(arguments: ["archive", "../..", "fold 0"]) func `the folder inside the zip may have any name`(_ folder: String) throws {
        let model = try TestModel()
        let file = try TemporaryFile(model.checkpoint(folder: folder))
        #expect(try Checkpoint.open(path: file.path).contains("decoder.seg_layers.1.bias"))
    }

    @Test func `a weight is found under each of its other names`() throws {
        for name in [
            "decoder.encoder.stages.0.0.convs.0.norm.weight", "encoder.stages.0.0.convs.0.all_modules.1.weight",
            "encoder.stages.0.0.convs.0.all_modules.2.weight", "decoder.encoder.stages.0.0.convs.0.all_modules.3.weight",
        ] {
            var model = try TestModel()
            model.rename { $0 == "encoder.stages.0.0.convs.0.norm.weight" ? name : $0 }
            let (_, checkpoint) = try model.opened()
            #expect(try checkpoint.weight("encoder.stages.0.0.convs.0.norm.weight", shape: [2]) == [0, 1])
        }
    }

    @Test func `copies of a weight that differ are refused`() throws {
        var model = try TestModel()
        model.set("decoder.encoder.stages.0.0.convs.0.conv.bias", .init([0, 1], shape: [2]))
        _ = try model.opened()
        model.set("decoder.encoder.stages.0.0.convs.0.conv.bias", .init([0, 2], shape: [2]))
        expectRefusal(of: model, "the same values under each of its names")
    }

    @Test func `a head that only training uses may hold anything`() throws {
        var model = try TestModel()
        model.set("decoder.seg_layers.0.weight", .init([.nan, 7], shape: [1, 2, 1, 1]))
        _ = try model.opened()
    }

    @Test func `the head's channels must be those of the labels`() throws {
        var model = try TestModel()
        model.dataset = model.dataset.setting("labels.spleen", 2)
        expectRefusal(of: model, "The network has 2 outputs and dataset.json asks for 3")
    }

    @Test func `a missing weight is named with its shape and the trainer`() throws {
        var model = try TestModel()
        model.trainerName = .text("myTrainer")
        model.set("encoder.stages.2.0.convs.0.conv.weight", nil)
        expectRefusal(of: model, "weight 'encoder.stages.2.0.convs.0.conv.weight': expected shape [4, 3, 3, 3], found no such weight")
        expectRefusal(of: model, "myTrainer")
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func `a weight that is no finite number is refused`(_ value: Float) throws {
        var model = try TestModel()
        model.set("decoder.seg_layers.1.bias", .init([1, value], shape: [2]))
        expectRefusal(of: model, "weight 'decoder.seg_layers.1.bias': expected finite numbers, found \(value) at value 1")
    }

    @Test func `a wrong CRC is refused, and CRCs that are 0 everywhere are none`() throws {
        var model = try TestModel()
        model.zip.wrongChecksum = "checkpoint_final/data/3"
        expectRefusal(of: model, "data/3: its CRC is wrong")
        model.zip.omitsChecksums = true
        _ = try model.opened()
    }

    @Test func `a compressed entry is refused with the way out`() throws {
        var model = try TestModel()
        model.zip.method = 8
        expectRefusal(of: model, "uncompressed; zip it again with 'zip -0'")
    }

    @Test func `the wider fields of ZIP64 are understood`() throws {
        var model = try TestModel()
        model.zip.isZip64 = true
        _ = try model.opened()
        model.zip.wrongChecksum = "checkpoint_final/data/0"
        expectRefusal(of: model, "data/0: its CRC is wrong")
    }

    @Test func `a folder or a pipe in a checkpoint's place is refused at once`() throws {
        let folder = try TemporaryFolder()
        mkfifo(folder.file("pipe"), 0o600)
        for path in [folder.path, folder.file("pipe")] {
            let error = try #require(throws: Problem.self) { try Checkpoint.open(path: path) }
            #expect(error == .notRegularFile(path: path).of(.model))
        }
        let missing = try #require(throws: Problem.self) { try Checkpoint.open(path: folder.file("none")) }
        #expect(missing.description.contains("can't be read: No such file or directory; check that"))
    }

    @Test func `every truncation of a checkpoint is refused`() throws {
        let whole = try TestModel().checkpoint()
        for count in stride(from: 1, to: whole.count, by: 97) {
            let file = try TemporaryFile(Array(whole.prefix(count)))
            let error = try #require(throws: Problem.self) { try Checkpoint.open(path: file.path) }
            #expect(error.description.hasPrefix(file.path + ": damaged or not what its name says: "))
        }
    }

    @Test func `no change of any bytes makes the reader crash`() throws {
        let whole = try TestModel().checkpoint()
        var generator = SplitMix64(seed: 2026)
        var refused = 0
        let folder = try TemporaryFolder()
        for round in 0..<400 {
            var changed = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                changed[Int.random(in: 0..<whole.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let path = folder.file(String(round))
            try Data(changed).write(to: URL(filePath: path))
            do {
                let checkpoint = try Checkpoint.open(path: path)
                for name in checkpoint.weightNames { _ = try checkpoint.weight(name, shape: checkpoint.shape(of: name) ?? []) }
            } catch {
                refused += 1
            }
        }
        #expect(refused > 250, "most changes hit something that is checked")
    }

    @Test(
        arguments: [
            (Py.none, nil), (.tuple([]), nil), (.tuple([.integer(1)]), [1]), (.list([.integer(1), .integer(0)]), [1, 0]),
        ] as [(Py, [Int]?)]) func `mirroring axes are a tuple, a list or None`(_ value: Py, _ axes: [Int]?) throws
    {
        var model = try TestModel()
        model.mirroringAxes = value
        #expect(try model.opened().0.mirroringAxes == axes)
    }

    @Test(
        arguments: [
            (Py.tuple([.integer(3)]), "axes from 0 to 2"), (.tuple([.integer(1), .integer(1)]), "axes from 0 to 2"),
            (.tuple([.integer(2)]), "axes below 2"), (.text("all"), "axes from 0 to 2"),
        ] as [(Py, String)]) func `mirroring axes that the network has not are refused`(_ value: Py, _ reason: String) throws
    {
        var model = try TestModel()
        model.mirroringAxes = value
        expectRefusal(of: model, reason)
    }

    @Test func `a configuration that would have to be computed is refused`() throws {
        var model = try TestModel()
        model.configurationName = .call(.global("builtins", "eval"), [.text("'2d'")])
        expectRefusal(of: model, "init_args.configuration: expected text, found a call of builtins.eval, which is never carried out")
    }
}

/// The model is refused, and the error says why.
func expectRefusal(of model: TestModel, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: Problem.self, sourceLocation: sourceLocation) { try model.opened() }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")", sourceLocation: sourceLocation)
}
