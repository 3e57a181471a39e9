import CPUEngine
import Tensors
import Testing

/// Packed weights are kept on disk under the version of packing; what another version wrote must never be taken for this one's.
struct `The version of packing` {
    /// The version and what its packing gives, by instruction set. **Where this test fails, packing has changed: raise
    /// `WeightLayout.packingVersion`, then record version and digests here.**
    private static let recorded: (version: Int, digests: [String: UInt64]) = (
        2, ["avx512": 0x3594_325a_efc2_3bc2, "avx2": 0x600b_41d2_aefe_45b4, "portable": 0xce3b_dae7_cb00_2c2f]
    )

    private static let cube = [3, 3, 3]
    private static let examples: [(Convolution, ConvolutionMethod)] = [
        (Convolution(inputChannels: [19, 5], outputChannels: 33, input: [4, 6, 8], kernel: cube), method(.direct)),
        (Convolution(inputChannels: [3], outputChannels: 17, input: [4, 6, 8], kernel: cube, hasPlainInput: true), method(.direct)),
        (
            Convolution(
                inputChannels: [24], outputChannels: 18, input: [4, 6, 8], kernel: [1, 2, 2], stride: [1, 2, 2], isTransposed: true),
            method(.transposed)
        ),
        (Convolution(inputChannels: [20], outputChannels: 3, input: [4, 6, 8], kernel: [1, 1, 1], hasPlainOutput: true), method(.head)),
        (winograd(), method(.winograd(depth: .four, plane: .four))),
        (winograd(), method(.winograd(depth: .two, plane: .two))),
        (winograd(), method(.winograd(depth: .four, plane: .four), isShared: true)),
        (winograd(), method(.winograd(depth: .four, plane: .four), isShared: true, transformsWeights: true)),
        (winograd(kernel: [1, 3, 3]), method(.winograd(depth: .one, plane: .four))),
        (winograd(stride: [2, 2, 2]), method(.winograd(depth: .strided, plane: .strided))),
        (upsampled(factors: [2, 2, 2]), method(.upsampled(depth: .four, plane: .four))),
        (upsampled(factors: [1, 2, 2]), method(.upsampled(depth: .two, plane: .four))),
    ]

    private static func winograd(kernel: [Int] = cube, stride: [Int] = [1, 1, 1]) -> Convolution {
        Convolution(inputChannels: [19, 5], outputChannels: 33, input: [8, 8, 8], kernel: kernel, stride: stride)
    }

    private static func upsampled(factors: [Int]) -> Convolution {
        Convolution(
            inputChannels: [19], outputChannels: 33, input: [8, 8, 8], kernel: cube, upsampling: Upsampling(factors: factors, channels: 7))
    }

    private static func method(
        _ kind: ConvolutionMethod.Kind, isShared: Bool = false, transformsWeights: Bool = false
    ) -> ConvolutionMethod {
        ConvolutionMethod(kind: kind, isShared: isShared, transformsWeights: transformsWeights, brick: [1, 1, 1], rows: 1)
    }

    /// A digest of all examples' packed weights, rounded so that the order of sums in another processor's algebra does not show.
    private func digest(_ kernels: KernelSet) -> UInt64 {
        let team = ThreadTeam(threadCount: 1)
        var numbers = SplitMix64(seed: 1)
        var rounded: [Int64] = []
        for (convolution, method) in Self.examples {
            let plan = ConvolutionPlan(kernels: kernels, convolution: convolution, method: method)
            var packed = FloatBuffer(repeating: 0, count: plan.weightCount)
            plan.pack(numbers.values(convolution.weightCount).span, into: &packed, at: 0, team: team)
            for index in 0..<packed.count {
                let value = packed[index]
                rounded.append(abs(value) < 1e6 ? Int64((value * 1024).rounded()) : Int64(value.bitPattern))
            }
        }
        return rounded.withUnsafeBytes { Checksum.of($0) }
    }

    @Test(arguments: KernelSet.available.map(\.name).filter { recorded.digests[$0] != nil })
    func `is raised when packing changes`(instructionSet: String) throws {
        let found = digest(try #require(KernelSet.available.first { $0.name == instructionSet }))
        #expect(Self.recorded.version == WeightLayout.packingVersion)
        #expect(
            found == Self.recorded.digests[instructionSet],
            "\(instructionSet): raise WeightLayout.packingVersion and record 0x\(String(found, radix: 16))")
    }
}
