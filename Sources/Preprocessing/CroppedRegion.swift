import Tensors

/// The nonzero box of one image in the network's axis order, and what is derived from it.
struct CroppedRegion: ~Escapable {
    let view: GridView
    /// (channel, z, y, x) of the reader.
    let source: Span<Float>
    /// The first stage's labels on the reader's grid; empty for none.
    let previousStage: Span<UInt16>
    let team: ThreadTeam

    @_lifetime(copy source, copy previousStage)
    init(view: GridView, source: Span<Float>, previousStage: Span<UInt16>, team: ThreadTeam) {
        self.view = view
        self.source = source
        self.previousStage = previousStage
        self.team = team
    }

    /// The box's voxels.
    var count: Int { view.shape.reduce(1, *) }

    /// Copies one channel of the box.
    func copy(channel: Int, to destination: inout MutableSpan<Float>) {
        let plane = view.readerShape.reduce(1, *)
        view.copy(source.part(channel * plane, count: plane), to: &destination, team: team)
    }

    /// 1 where some channel is nonzero or all around is, else 0.
    func nonzeroMask(channels: Int) -> [UInt8] {
        var values = Buffer<Float>(uninitializedCount: count)
        var mask = [UInt8](repeating: 0, count: count)
        var marks = mask.mutableSpan
        for channel in 0..<channels {
            var copied = values.mutableSpan
            copy(channel: channel, to: &copied)
            NonzeroRegion.mark(values.span, in: &marks, team: team)
        }
        NonzeroRegion.fillHoles(&marks, shape: view.shape, team: team)
        return mask
    }

    /// The first stage's labels; −1 where there is none and the image is zero.
    func previousLabels(outside mask: [UInt8]?) -> [Int32] {
        var labels = [Int32](repeating: 0, count: count)
        var target = labels.mutableSpan
        view.copy(previousStage, to: &target, team: team)
        guard let mask else { return labels }
        for index in labels.indices where labels[index] == 0 && mask[index] == 0 { labels[index] = -1 }
        return labels
    }
}
