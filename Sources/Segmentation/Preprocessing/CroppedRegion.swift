import Tensors

/// The nonzero box of one image in the network's axis order, and what is derived from it.
struct CroppedRegion {
    let view: GridView
    /// (channel, z, y, x) of the reader.
    let source: UnsafePointer<Float>
    /// The first stage's labels on the reader's grid; empty for none.
    let previousStage: [UInt16]
    let team: ThreadTeam

    private var count: Int { view.shape.reduce(1, *) }

    /// Copies one channel of the box.
    func copy(channel: Int, to destination: UnsafeMutableBufferPointer<Float>) {
        guard let base = destination.baseAddress else { return }
        view.copy(source + channel * view.readerShape.reduce(1, *), to: base, team: team) { $0 }
    }

    /// 1 where some channel is nonzero or all around is, else 0.
    func nonzeroMask(channels: Int) -> [UInt8] {
        let values = FloatBuffer(uninitializedCount: count)
        var mask = [UInt8](repeating: 0, count: count)
        mask.withUnsafeMutableBufferPointer { mask in
            guard let base = values.unsafeStorage.baseAddress else { return }
            for channel in 0..<channels {
                copy(channel: channel, to: values.unsafeStorage)
                NonzeroRegion.mark(UnsafePointer(base), in: mask, team: team)
            }
            NonzeroRegion.fillHoles(mask, shape: view.shape, team: team)
        }
        return mask
    }

    /// The first stage's labels; −1 where there is none and the image is zero.
    func previousLabels(outside mask: [UInt8]?) -> [Int32] {
        var labels = [Int32](repeating: 0, count: count)
        labels.withUnsafeMutableBufferPointer { labels in
            previousStage.withUnsafeBufferPointer { previous in
                guard let base = labels.baseAddress, let previous = previous.baseAddress else { return }
                view.copy(previous, to: base, team: team) { Int32($0) }
            }
            guard let mask else { return }
            for index in labels.indices where labels[index] == 0 && mask[index] == 0 { labels[index] = -1 }
        }
        return labels
    }
}
