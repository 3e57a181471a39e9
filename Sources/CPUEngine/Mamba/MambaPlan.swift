import CKernels
import Networks
import Tensors

/// A Mamba layer over one tensor; its output is another. Offsets in floats.
///
/// The sequence goes through in chunks, so that its length costs no memory. In each, work items project, convolve and make step sizes of
/// their tokens; then blocks of channels scan all tokens; then items project back. Items read the few tokens before theirs once more.
struct MambaPlan: Sendable {
    let shape: MambaShape
    let weights: MambaOffsets
    var source: ActivationOperand
    var output: Int
    /// `shape.workCount` floats.
    var work: Int

    func run(kernels: KernelSet, memory: EngineMemory, team: ThreadTeam) {
        let work = memory.arena + self.work, chunk = shape.chunk
        let steps = work + chunk * shape.inner, gates = steps + chunk * shape.inner
        let mixes = gates + chunk * shape.inner, state = mixes + chunk * shape.mix
        state.update(repeating: 0, count: shape.inner * MambaLayer.states)
        var pass = Pass(
            shape: shape, weights: weights, layer: description(memory), table: kernels.table, memory: memory, first: 0, count: 0,
            steps: steps, gates: gates, mixes: mixes,
            chunk: ck_mamba_chunk(
                steps: steps, gates: gates, mixes: mixes, mix_stride: shape.mix,
                values: work, state: state))
        while pass.first < shape.tokens {
            pass.count = min(chunk, shape.tokens - pass.first)
            let items = (pass.count + MambaShape.item - 1) / MambaShape.item
            withUnsafePointer(to: pass) { pass in
                team.run(count: items, context: pass) { context, worker, index in
                    context.assumingMemoryBound(to: Pass.self).pointee.project(index, worker: worker)
                }
                team.run(count: shape.inner / shape.block, context: pass) { context, _, index in
                    context.assumingMemoryBound(to: Pass.self).pointee.scan(index)
                }
                team.run(count: items, context: pass) { context, worker, index in
                    context.assumingMemoryBound(to: Pass.self).pointee.projectBack(index, worker: worker)
                }
            }
            pass.first += pass.count
        }
    }

    /// The C description.
    private func description(_ memory: EngineMemory) -> ck_mamba {
        func pointer(_ offset: Int) -> UnsafePointer<Float> { memory.weights + offset }
        return ck_mamba(
            source: source.source(in: memory), output: memory.arena + output, positions: shape.positions,
            by_channel: shape.layer.tokens == .channels ? 1 : 0, width: Int32(shape.layer.width), inner: Int32(shape.layer.inner),
            epsilon: MambaLayer.epsilon, norm_weight: pointer(weights.normWeight), norm_bias: pointer(weights.normBias),
            convolution: pointer(weights.convolution), convolution_bias: pointer(weights.convolutionBias),
            step_bias: pointer(weights.stepBias), skip: pointer(weights.skip), rates: pointer(weights.rates))
    }

    /// What the threads need for one chunk.
    private struct Pass {
        let shape: MambaShape
        let weights: MambaOffsets
        var layer: ck_mamba
        let table: UnsafePointer<ck_kernels>
        let memory: EngineMemory
        /// The chunk's tokens.
        var first: Int
        var count: Int
        // What the chunk's kernels only read is written before them.
        let steps: UnsafeMutablePointer<Float>
        let gates: UnsafeMutablePointer<Float>
        let mixes: UnsafeMutablePointer<Float>
        var chunk: ck_mamba_chunk

        /// An item's tokens within the chunk.
        private func tokens(of index: Int) -> Range<Int> {
            index * MambaShape.item..<min(count, (index + 1) * MambaShape.item)
        }

        private func matrix(_ offset: Int, rows: Int, columns: Int, stride: Int) -> DenseMatrix {
            DenseMatrix(data: memory.weights + offset, rows: rows, columns: columns, stride: stride)
        }

        func project(_ index: Int, worker: Int) {
            let tokens = tokens(of: index), halo = MambaLayer.taps - 1, inner = shape.inner
            let rows = memory.scratch(of: worker), inside = rows + (MambaShape.item + halo) * shape.width
            // Before the first token there are zeros.
            let missing = max(0, halo - (first + tokens.lowerBound)), count = tokens.count + halo - missing
            withUnsafePointer(to: layer) { layer in
                table.pointee.mamba_tokens(layer, first + tokens.lowerBound - halo + missing, Int32(count), rows)
                inside.update(repeating: 0, count: missing * inner)
                let read = DenseMatrix(data: rows, rows: count, columns: shape.layer.width, stride: shape.width)
                let values = matrix(weights.values, rows: shape.layer.width, columns: inner, stride: inner)
                DenseAlgebra.multiply(read, values, into: inside + missing * inner, stride: inner)
                let own = DenseMatrix(
                    data: rows + (halo - missing) * shape.width, rows: tokens.count, columns: shape.layer.width, stride: shape.width)
                let gates = matrix(weights.gates, rows: shape.layer.width, columns: inner, stride: inner)
                DenseAlgebra.multiply(own, gates, into: self.gates + tokens.lowerBound * inner, stride: inner)
                table.pointee.mamba_convolve(layer, Int32(tokens.count), inside, chunk.values + tokens.lowerBound * inner)
                makeSteps(of: tokens, layer)
            }
        }

        private func makeSteps(of tokens: Range<Int>, _ layer: UnsafePointer<ck_mamba>) {
            let inner = shape.inner, rank = shape.layer.rank
            let steps = self.steps + tokens.lowerBound * inner, mixes = self.mixes + tokens.lowerBound * shape.mix
            let values = DenseMatrix(
                data: chunk.values + tokens.lowerBound * inner, rows: tokens.count, columns: shape.layer.inner, stride: inner)
            let mix = matrix(weights.mix, rows: shape.layer.inner, columns: shape.mix, stride: shape.mix)
            DenseAlgebra.multiply(values, mix, into: mixes, stride: shape.mix)
            let sizes = DenseMatrix(data: mixes + 2 * MambaLayer.states, rows: tokens.count, columns: rank, stride: shape.mix)
            DenseAlgebra.multiply(sizes, matrix(weights.steps, rows: rank, columns: inner, stride: inner), into: steps, stride: inner)
            table.pointee.mamba_steps(layer, Int32(tokens.count), steps)
        }

        func scan(_ block: Int) {
            withUnsafePointer(to: layer) { layer in
                withUnsafePointer(to: chunk) { table.pointee.mamba_scan(layer, Int32(block), Int32(count), $0) }
            }
        }

        func projectBack(_ index: Int, worker: Int) {
            let tokens = tokens(of: index), rows = memory.scratch(of: worker)
            let values = DenseMatrix(
                data: chunk.values + tokens.lowerBound * shape.inner, rows: tokens.count, columns: shape.layer.inner, stride: shape.inner)
            let output = matrix(weights.output, rows: shape.layer.inner, columns: shape.width, stride: shape.width)
            DenseAlgebra.multiply(values, output, into: rows, stride: shape.width)
            withUnsafePointer(to: layer) {
                table.pointee.mamba_store($0, first + tokens.lowerBound, Int32(tokens.count), rows)
            }
        }
    }
}
