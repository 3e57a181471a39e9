import Foundation
import Glibc
import CPUEngine
import PythonFormats

/// What `nnunet benchmark` prints.
struct BenchmarkReport {
    /// How the network became ready for its first tile.
    struct Preparation {
        /// From opening the model folder until weights and network are ready, s.
        let seconds: Double
        /// Whether the weights lay packed in the cache.
        let isFromCache: Bool
    }

    let measurement: NetworkMeasurement
    let preparation: Preparation
    let network: Network
    let threads: Int

    var text: String {
        let total = measurement.layers.reduce(0) { $0 + $1.seconds }
        let header = Self.row("layer", "method", ["ms", "GFLOP/s", "share", "MB"])
        let rows = measurement.layers.map { layer in
            Self.row(
                layer.name, layer.method,
                [
                    String(format: "%.3f", layer.seconds * 1e3), String(format: "%.1f", layer.gigaflop / layer.seconds),
                    String(format: "%.1f %%", layer.seconds / total * 100), String(format: "%.2f", Double(layer.bytes) / 1e6),
                ])
        }
        let summary =
            "\(network.inputShape) -> \(network.outputShape), \(threads) threads, \(network.instructionSet): "
            + String(
                format: "minimum %.4f s, median %.4f s, %.1f GFLOP, %.0f GFLOP/s, peak memory %.0f MB",
                measurement.minimum, measurement.median, measurement.gigaflop, measurement.gigaflop / measurement.minimum,
                Double(Self.peakMemory) / 1e6)
        let start =
            "ready for the first tile after "
            + String(format: "%.3f s, which took %.3f s; ", preparation.seconds, measurement.firstSeconds)
            + (preparation.isFromCache ? "weights from the cache" : "weights packed from the checkpoint")
        return ([header] + rows + ["", summary, start]).joined(separator: "\n")
    }

    private static func row(_ name: String, _ method: String, _ figures: [String]) -> String {
        let texts = name.padding(toLength: 44, withPad: " ", startingAt: 0) + method.padding(toLength: 24, withPad: " ", startingAt: 0)
        return texts + figures.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
    }

    var json: OrderedJSON {
        [
            "seconds_min": .number(measurement.minimum),
            "seconds_median": .number(measurement.median),
            "seconds": .array(measurement.seconds.map { .number($0) }),
            "preparation_seconds": .number(preparation.seconds),
            "first_tile_seconds": .number(measurement.firstSeconds),
            "weights_from_cache": .bool(preparation.isFromCache),
            "gflop_direct": .number(measurement.gigaflop),
            "threads": .integer(threads),
            "instruction_set": .string(network.instructionSet),
            "peak_rss_bytes": .integer(Self.peakMemory),
            "input_shape": .array(network.inputShape.map { .integer($0) }),
            "output_shape": .array(network.outputShape.map { .integer($0) }),
            "layers": .array(measurement.layers.map(Self.json)),
            "machine": ["processor": .string(Self.processor), "processors": .integer(ProcessInfo.processInfo.processorCount)],
        ]
    }

    private static func json(_ layer: LayerTiming) -> OrderedJSON {
        [
            "name": .string(layer.name), "method": .string(layer.method),
            "output_shape": .array(layer.outputShape.map { .integer($0) }), "seconds": .number(layer.seconds),
            "gflop_direct": .number(layer.gigaflop), "bytes": .integer(layer.bytes),
        ]
    }

    /// The largest resident set of this process so far, bytes.
    private static var peakMemory: Int {
        var usage = rusage()
        guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return 0 }
        return usage.ru_maxrss * 1024
    }

    /// The processor's name as the kernel gives it.
    private static var processor: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }
}
