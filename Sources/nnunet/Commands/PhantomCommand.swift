import ArgumentParser
import CasePrediction
import DICOM
import Foundation
import Imaging
import NIfTI
import Phantom

/// Synthetic CT cases with known labels.
struct PhantomCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phantom",
        abstract: "Write synthetic CT cases (liver, kidneys, spine) with their true labels.",
        discussion: """
            The cases are a pure function of their seed: no patient is in them. NIfTI cases go to <folder>/imagesTs in nnU-Net naming, \
            DICOM cases to <folder>/dicom/<case>; the labels to <folder>/labelsTs.

            EXAMPLES
              nnunet phantom -o phantoms
              nnunet phantom -o phantoms -n 5 --seed 100 --dicom
            """)

    @Option(name: .customShort("o"), help: "Output folder; made when it is not there.")
    var output: String

    @Option(name: .customShort("n"), help: "How many cases.")
    var count = 1

    @Option(name: .customLong("seed"), help: "The first case's seed; each further case has the next.")
    var seed: UInt64 = 1

    @Flag(name: .customLong("dicom"), help: "Write DICOM series instead of NIfTI files.")
    var isDICOM = false

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("-n takes 1 to 10000, not \(count)") }
        guard !output.isEmpty else { throw ValidationError("-o names no folder") }
    }

    func run() throws {
        for number in 0..<UInt64(count) {
            try Interruption.check()
            let name = "phantom_" + String(format: "%03llu", seed &+ number)
            try write(CTPhantom(seed: seed &+ number), name: name, seed: seed &+ number)
            Console.line("\(name): written")
        }
    }

    private func write(_ phantom: borrowing CTPhantom, name: String, seed: UInt64) throws {
        let labels = try folder("labelsTs") + "/" + name + ".nii.gz"
        try writeLabels(phantom.labels, to: labels, source: ImageSource(geometry: phantom.labels.geometry), as: .simpleITK)
        if isDICOM {
            let series = try folder("dicom/" + name)
            let writer = DICOMSeriesWriter(seriesDescription: "nnunetd phantom", seed: seed)
            _ = try writer.write(phantom.image, toFolder: series)
        } else {
            try writeVolume(phantom.image, to: try folder("imagesTs") + "/" + CaseNaming.channelFile(name, channel: 0))
        }
    }

    private func folder(_ name: String) throws(Failure) -> String {
        let path = output + "/" + name
        try makeFolder(path)
        return path
    }
}
