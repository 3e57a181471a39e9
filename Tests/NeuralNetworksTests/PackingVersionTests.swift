import NeuralNetworks
import Tensors
import Testing

/// Packed weights are kept on disk under the version of packing; what another version wrote must never be taken for this one's.
struct `The version of packing` {
    /// The version and what its packing gives, by instruction set. **Where this test fails, packing has changed: raise
    /// `WeightLayout.packingVersion`, then record version and digests here.**
    private static let recorded: (version: Int, digests: [String: UInt64]) = (
        1, ["avx512": 0x8386_2656_62a4_b4e3, "avx2": 0x8f2a_4c71_19f3_b7f6, "portable": 0x03f3_a727_1284_d507]
    )

    /// A digest of all examples' packed weights, rounded so that the order of sums in another processor's algebra does not show.
    private func digest(_ kernels: KernelSet) throws -> UInt64 {
        let team = ThreadTeam(threadCount: 2)
        var rounded: [Int64] = []
        for example in NetworkCase.all {
            let network = try Network(architecture: example.architecture, patch: example.patch, team: team, kernels: kernels)
            var packed = FloatBuffer(repeating: 0, count: network.weightLayout.count)
            try network.pack(RandomWeights(), into: &packed)
            for index in 0..<packed.count {
                let value = packed[index]
                rounded.append(abs(value) < 1e6 ? Int64((value * 1024).rounded()) : Int64(value.bitPattern))
            }
        }
        return rounded.withUnsafeBytes { Checksum.of($0) }
    }

    @Test(arguments: KernelSet.available.map(\.name).filter { recorded.digests[$0] != nil })
    func `is raised when packing changes`(instructionSet: String) throws {
        let kernels = try #require(KernelSet.available.first { $0.name == instructionSet })
        let found = try digest(kernels)
        #expect(Self.recorded.version == WeightLayout.packingVersion)
        #expect(
            found == Self.recorded.digests[instructionSet],
            "\(instructionSet): record 0x\(String(found, radix: 16)) and raise WeightLayout.packingVersion")
    }
}
