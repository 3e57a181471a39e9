import CKernels
package import Tensors

/// The memory one pass of a network works in. Positions in it are offsets in floats, so that a plan holds no pointers.
package struct EngineMemory {  // pointers: the kernels of several threads write disjoint parts
    let arena: UnsafeMutablePointer<Float>
    let weights: UnsafePointer<Float>
    let input: UnsafePointer<Float>
    let sink: LogitSink
    let scratch: UnsafeMutablePointer<Float>
    let scratchStride: Int

    /// Runs `body` with the memory of one pass.
    ///
    /// - `scratch`: `scratchStride` floats for each thread of the team.
    /// - `sink`: of a layer with plain output.
    package static func withMemory(
        arena: inout FloatBuffer, scratch: inout FloatBuffer, scratchStride: Int, weights: borrowing FloatBuffer, input: Span<Float>,
        sink: LogitSink, _ body: (EngineMemory) -> Void
    ) {
        guard let arena = arena.unsafeStorage.baseAddress, let scratch = scratch.unsafeStorage.baseAddress,
            let weights = weights.unsafeStorage.baseAddress
        else { return }
        input.withUnsafeBufferPointer { input in
            guard let input = input.baseAddress else { return }
            body(
                EngineMemory(
                    arena: arena, weights: UnsafePointer(weights), input: input, sink: sink, scratch: scratch,
                    scratchStride: scratchStride))
        }
    }

    /// A worker's private memory.
    func scratch(of worker: Int) -> UnsafeMutablePointer<Float> { scratch + worker * scratchStride }
}

/// How the planes of an activation tensor lie: plane d of a channel block at place (d + origin) mod planes.
package struct PlaneLayout: Sendable, Hashable {
    /// Places in each channel block: more than the tensor is deep where the next layer's output follows its input through one memory,
    /// fewer where only a window of the tensor exists at a time.
    package var planes: Int
    package var origin: Int

    package init(planes: Int, origin: Int = 0) {
        self.planes = planes
        self.origin = origin
    }
}

/// A tensor in the arena as a layer reads it.
package struct ActivationOperand: Sendable, Hashable {
    /// The scale and shift of each channel, padded to whole blocks, and the slope of the activation after them.
    package struct Affine: Sendable, Hashable {
        /// The parameters lie with the weights instead of in the arena.
        package var isConstant: Bool
        package var scale: Int
        package var shift: Int
        package var slope: Float

        package init(isConstant: Bool, scale: Int, shift: Int, slope: Float) {
            self.isConstant = isConstant
            self.scale = scale
            self.shift = shift
            self.slope = slope
        }
    }

    package var offset: Int
    package var channels: Int
    package var layout: PlaneLayout
    /// Nil: the values are read as they are.
    package var affine: Affine?

    package init(offset: Int, channels: Int, layout: PlaneLayout, affine: Affine? = nil) {
        self.offset = offset
        self.channels = channels
        self.layout = layout
        self.affine = affine
    }

    func source(in memory: EngineMemory, isNetworkInput: Bool = false) -> ck_source {
        var source = ck_source()
        source.data = isNetworkInput ? memory.input : UnsafePointer(memory.arena + offset)
        source.channels = Int32(channels)
        source.planes = Int32(layout.planes)
        source.origin = Int32(layout.origin)
        source.slope = 1
        if let affine {
            let base = affine.isConstant ? memory.weights : UnsafePointer(memory.arena)
            source.scale = base + affine.scale
            source.shift = base + affine.shift
            source.slope = affine.slope
        }
        return source
    }
}
