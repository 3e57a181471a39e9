import CKernels

/// One instruction set's kernels.
package struct KernelSet: Sendable {
    nonisolated(unsafe) let table: UnsafePointer<ck_kernels>  // constant data of the C module

    /// Those this processor and this build can run, the fastest first; the last is portable C.
    package static let available: [KernelSet] = {
        var sets: [KernelSet] = []
        while let table = ck_kernels_at(Int32(sets.count)) { sets.append(KernelSet(table: table)) }
        return sets
    }()

    /// The fastest.
    package static var best: KernelSet { available[0] }

    /// For example `avx512`.
    package var name: String { String(cString: table.pointee.name) }
    /// The names of the rows of its table of methods.
    package var methods: [String] {
        guard var row = table.pointee.methods else { return [] }
        var names: [String] = []
        while let name = row.pointee.name {
            names.append(String(cString: name))
            row += 1
        }
        return names
    }
    /// Channels per block of an activation tensor.
    package var block: Int { Int(table.pointee.block) }
    /// The most positions of one micro-kernel call.
    package var rows: Int { Int(table.pointee.rows) }
    /// The most output blocks of one micro-kernel call.
    package var panel: Int { Int(table.pointee.panel) }

    /// The kernels of a method.
    func row(of kind: ConvolutionMethod.Kind) -> UnsafePointer<ck_method> {
        guard let row = ck_method_named(table, kind.row) else { preconditionFailure("no kernels for \(kind.row)") }
        return row
    }

    /// Blocks that hold `channels` channels.
    package func blocks(_ channels: Int) -> Int { (channels + block - 1) / block }
}
