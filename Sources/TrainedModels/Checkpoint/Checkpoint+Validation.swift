import Files
import Networks
import Plans
import PythonFormats

extension Checkpoint {
    /// Reads every weight that predictions of `network` rest on and refuses the checkpoint unless each is there, has the right shape, is a finite number
    /// throughout, and equals its copies under other names. A weight of encoder or decoder that `network` has no place for is refused as well:
    /// what was trained with it is another network.
    func validate(for network: NetworkGraph) throws(Problem) {
        try requireNoFurtherWeights(than: network)
        for needed in network.predictionWeights {
            let copies = tensors(needed.name)
            guard let tensor = copies.first else { throw missing(needed) }
            guard tensor.shape == needed.shape else { throw wrongShape(needed, found: tensor.shape, network) }
            let values = try values(of: tensor)
            if let place = values.firstIndex(where: { !$0.isFinite }) {
                throw .mismatch(
                    path: path, item: "weight '\(needed.name)'", expected: "finite numbers", found: "\(values[place]) at value \(place)",
                    advice: "the training diverged or a conversion to float16 overflowed; train or convert it again")
            }
            for copy in Set(copies) where copy != tensor {
                let others = copy.shape == tensor.shape ? try self.values(of: copy) : []
                guard others == values else {
                    throw .mismatch(
                        path: path, item: "weight '\(needed.name)'", expected: "the same values under each of its names",
                        found: "different ones",
                        advice: "the file was changed after training; use the one that nnU-Net saved")
                }
            }
        }
    }

    private func requireNoFurtherWeights(than network: NetworkGraph) throws(Problem) {
        let known = Set(network.predictionWeights.flatMap { Self.names(of: $0.name) })
        // Lower resolutions' heads serve training alone, and so does the count of batches.
        let further = weightNames.first { name in
            (name.hasPrefix("encoder.") || name.hasPrefix("decoder.")) && !known.contains(name) && !name.hasPrefix("decoder.seg_layers.")
                && !name.hasSuffix(".num_batches_tracked")
        }
        guard let further else { return }
        throw .mismatch(
            path: path, item: "weight '\(further)'", expected: "none beside those of the network that plans.json describes",
            found: "one that it has no place for",
            advice: "Checkpoint and plans.json do not belong together, or the trainer \(trainerName) builds a network of its own; "
                + "supported are \(PlansConfiguration.supportedNetworks).")
    }

    /// Whether blocks have batch normalisation's running statistics: all, none, or a mix, which no network of nnU-Net has.
    func hasRunningStatistics(_ network: NetworkGraph) throws(Problem) -> Bool {
        let names = network.normalizationNames
        let without = names.filter { !contains($0 + ".running_mean") }
        guard let first = without.first else { return true }
        guard without.count == names.count else {
            throw .mismatch(
                path: path, item: "weight '\(first).running_mean'", expected: "running statistics in every block or in none",
                found: "\(names.count - without.count) blocks with and \(without.count) without",
                advice: "this checkpoint mixes two normalisations, which no network of nnU-Net does")
        }
        return false
    }

    private func missing(_ needed: NetworkGraph.Weight) -> Problem {
        let others = weightNames.filter { !$0.hasPrefix("decoder.encoder.") && !$0.contains(".all_modules.") }
        let examples = others.prefix(3).joined(separator: ", ")
        return .mismatch(
            path: path, item: "weight '\(needed.name)'", expected: "shape \(needed.shape)",
            found: "no such weight among \(weightNames.count)" + (examples.isEmpty ? "" : " (it has \(examples) …)"),
            advice: "Checkpoint and plans.json do not belong together, or the trainer \(trainerName) builds a network of its own; "
                + "supported are \(PlansConfiguration.supportedNetworks).")
    }

    private func wrongShape(_ needed: NetworkGraph.Weight, found: [Int], _ network: NetworkGraph) -> Problem {
        let isHead = network.predictionNodes.last.map { needed.name.hasPrefix($0.name + ".") } ?? false
        return .mismatch(
            path: path, item: "weight '\(needed.name)'", expected: "shape \(needed.shape)", found: "shape \(found)",
            advice: isHead
                ? "The network has \(found.first ?? 0) outputs and dataset.json asks for \(network.headChannels): use the dataset.json of the training."
                : "Checkpoint, plans.json and dataset.json do not belong together.")
    }
}
