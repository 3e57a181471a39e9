import CKernels
package import Tensors

/// Average pooling whose window is its stride.
package struct PoolingPlan: Sendable, Hashable {
    package var source: ActivationOperand
    package var input: [Int]
    package var window: [Int]
    package var output: Int

    package init(source: ActivationOperand, input: [Int], window: [Int], output: Int) {
        self.source = source
        self.input = input
        self.window = window
        self.output = output
    }

    /// Pools every channel.
    package func run(kernels: KernelSet, memory: EngineMemory, team: ThreadTeam) {
        var p = ck_pooling()
        p.source = source.source(in: memory)
        p.in = (Int32(input[0]), Int32(input[1]), Int32(input[2]))
        p.window = (Int32(window[0]), Int32(window[1]), Int32(window[2]))
        p.output = memory.arena + output
        withUnsafePointer(to: Work(table: kernels.table, pooling: p)) { work in
            team.run(count: kernels.blocks(source.channels) * (input[0] / window[0]), context: work) { context, _, index in
                let work = context.assumingMemoryBound(to: Work.self)
                withUnsafePointer(to: work.pointee.pooling) { work.pointee.table.pointee.pooling_item($0, Int32(index)) }
            }
        }
    }

    /// What the threads need.
    private struct Work {
        var table: UnsafePointer<ck_kernels>
        var pooling: ck_pooling
    }
}

/// The sum of two tensors and an activation; the output may be either of them.
package struct AdditionPlan: Sendable, Hashable {
    package var first: ActivationOperand
    package var second: ActivationOperand
    /// Positions of one channel.
    package var count: Int
    package var slope: Float
    package var output: Int

    package init(first: ActivationOperand, second: ActivationOperand, count: Int, slope: Float, output: Int) {
        self.first = first
        self.second = second
        self.count = count
        self.slope = slope
        self.output = output
    }

    /// Positions of one work item.
    private static let itemCount = 8192

    /// Adds every channel.
    package func run(kernels: KernelSet, memory: EngineMemory, team: ThreadTeam) {
        var s = ck_addition()
        s.a = first.source(in: memory)
        s.b = second.source(in: memory)
        s.count = count
        s.slope = slope
        s.output = memory.arena + output
        let parts = (count + Self.itemCount - 1) / Self.itemCount
        withUnsafePointer(to: Work(table: kernels.table, addition: s, parts: parts)) { work in
            team.run(count: kernels.blocks(first.channels) * parts, context: work) { context, _, index in
                let work = context.assumingMemoryBound(to: Work.self).pointee
                let start = index % work.parts * AdditionPlan.itemCount
                let end = min(Int(work.addition.count), start + AdditionPlan.itemCount)
                withUnsafePointer(to: work.addition) {
                    work.table.pointee.addition_item($0, Int32(index / work.parts), start, end)
                }
            }
        }
    }

    /// What the threads need.
    private struct Work {
        var table: UnsafePointer<ck_kernels>
        var addition: ck_addition
        var parts: Int
    }
}
