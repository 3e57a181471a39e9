import CPUEngine
import Tensors
import Testing

/// A convolution and every method that can compute it.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    var convolution: Convolution
    var methods: [ConvolutionMethod]

    var testDescription: String {
        let c = convolution
        return
            "\(c.isTransposed ? "transposed" : "convolution") \(c.inputChannels) to \(c.outputChannels), input \(c.input), kernel \(c.kernel), stride \(c.stride)"
    }

    /// Blocks that leave partial blocks and partial groups at every end.
    private static func methods(_ kind: ConvolutionMethod.Kind, blocks: [[Int]]) -> [ConvolutionMethod] {
        blocks.flatMap { block in
            [2, 3].flatMap { rows in
                [false, true].map { ConvolutionMethod(kind: kind, isShared: $0, block: block, rows: rows) }
            }
        }
    }

    private static func winograd(_ channels: [Int], _ out: Int, _ input: [Int], _ depth: [Int], _ plane: [Int], _ stride: [Int])
        -> ConvolutionCase
    {
        let kernel = [depth == [1] ? 1 : 3, 3, 3]
        return ConvolutionCase(
            convolution: Convolution(inputChannels: channels, outputChannels: out, input: input, kernel: kernel, stride: stride),
            methods: depth.flatMap { d in
                plane.flatMap { p in
                    methods(.winograd(depth: d, plane: p), blocks: [[1, 2, 3], [1, 1, 2]]) + [
                        ConvolutionMethod(
                            kind: .winograd(depth: d, plane: p), isShared: true, transformsWeights: true, block: [1, 1, 1], rows: 2)
                    ]
                }
            })
    }

    static let all: [ConvolutionCase] = [
        winograd([5, 19], 33, [9, 13, 14], [4, 2], [4, 2], [1, 1, 1]),
        winograd([180, 90], 21, [6, 5, 7], [4, 2], [4, 2], [1, 1, 1]),
        winograd([16], 40, [4, 8, 12], [4, 2], [4, 2], [1, 1, 1]),
        winograd([7], 3, [3, 11, 6], [1], [4, 2], [1, 1, 1]),
        winograd([18], 20, [13, 22, 19], [8], [8], [2, 2, 2]),
        winograd([3, 8], 17, [5, 18, 26], [4, 2], [8], [1, 2, 2]),
        winograd([9], 8, [2, 17, 16], [1], [8], [1, 2, 2]),
        winograd([6], 12, [8, 9, 7], [8], [4, 2], [2, 1, 1]),
        ConvolutionCase(
            convolution: Convolution(
                inputChannels: [6, 21], outputChannels: 35, input: [5, 9, 11], kernel: [3, 5, 3], stride: [1, 2, 3]),
            methods: methods(.direct, blocks: [[2, 2, 3], [5, 5, 4]])),
        ConvolutionCase(
            convolution: Convolution(inputChannels: [17], outputChannels: 9, input: [1, 6, 20], kernel: [1, 1, 1]),
            methods: methods(.direct, blocks: [[1, 4, 20], [1, 1, 7]])),
        ConvolutionCase(
            convolution: Convolution(
                inputChannels: [3], outputChannels: 18, input: [4, 7, 13], kernel: [3, 3, 3], stride: [1, 2, 1], hasPlainInput: true),
            methods: methods(.direct, blocks: [[2, 3, 5], [4, 4, 13]]).filter { !$0.isShared }),
        ConvolutionCase(
            convolution: Convolution(
                inputChannels: [20], outputChannels: 37, input: [3, 5, 9], kernel: [1, 1, 1], hasPlainOutput: true),
            methods: methods(.direct, blocks: [[1, 2, 9], [3, 3, 4]])
                + [ConvolutionMethod(kind: .head, isShared: false, block: [1, 1, 1], rows: 1)]),
        ConvolutionCase(
            convolution: Convolution(
                inputChannels: [19], outputChannels: 34, input: [3, 5, 7], kernel: [2, 1, 3], stride: [2, 1, 3], isTransposed: true),
            methods: methods(.transposed, blocks: [[1, 2, 7], [2, 5, 3]])),
    ]
}

@Suite struct ConvolutionPlanTests {
    @Test(arguments: ConvolutionCase.all, KernelSet.available.map(\.name))
    func `every method agrees with float64 sums`(_ example: ConvolutionCase, _ instructionSet: String) throws {
        let kernels = try #require(KernelSet.available.first { $0.name == instructionSet })
        let trial = ConvolutionTrial(convolution: example.convolution, seed: 3)
        let expected = trial.expected()
        for method in example.methods {
            for threads in [1, 2] {
                let result = trial.run(method, kernels: kernels, team: ThreadTeam(threadCount: threads))
                #expect(relativeError(result.output, expected) < 3e-6, "\(method)")
                guard let scale = result.scale, let shift = result.shift else { continue }
                let (wantedScale, wantedShift) = trial.expectedNormalization(expected)
                #expect(relativeError(scale, wantedScale) < 1e-5, "\(method)")
                #expect(relativeError(shift, wantedShift) < 1e-5, "\(method)")
            }
        }
    }

    @Test func `a constant image keeps an exact variance`() throws {
        // A variance from plain sums of squares would drown in rounding here: the mean is 4000 times the deviation.
        var trial = ConvolutionTrial(
            convolution: Convolution(inputChannels: [1], outputChannels: 8, input: [8, 8, 8], kernel: [1, 1, 1]), seed: 4)
        trial.inputs[0] = trial.inputs[0].map { 4000 + $0 }
        trial.slope = 1
        let method = ConvolutionMethod(kind: .direct, isShared: false, block: [2, 4, 8], rows: 2)
        let expected = trial.expected()
        for kernels in KernelSet.available {
            let result = trial.run(method, kernels: kernels, team: ThreadTeam(threadCount: 1))
            let scale = try #require(result.scale)
            #expect(relativeError(scale, trial.expectedNormalization(expected).scale) < 1e-3)
        }
    }
}
