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

    /// - `bricks`: that leave partial bricks and partial groups of tiles at every end.
    init(_ convolution: Convolution, bricks: [[Int]] = [[1, 2, 3], [1, 1, 2]]) {
        self.convolution = convolution
        methods = ConvolutionAlgorithm.all.flatMap { $0.kinds(convolution) }.flatMap { kind in
            Self.methods(kind, bricks: kind == .head ? [[1, 1, 1]] : bricks, canShare: kind != .head && !convolution.hasPlainInput)
        }
    }

    private static func methods(_ kind: ConvolutionMethod.Kind, bricks: [[Int]], canShare: Bool) -> [ConvolutionMethod] {
        let methods = bricks.flatMap { brick in
            [2, 3].flatMap { rows in
                (canShare ? [false, true] : [false]).map { ConvolutionMethod(kind: kind, isShared: $0, brick: brick, rows: rows) }
            }
        }
        guard kind.axes != nil else { return methods }
        return methods + [ConvolutionMethod(kind: kind, isShared: true, transformsWeights: true, brick: [1, 1, 1], rows: 2)]
    }

    private static func cube(
        _ channels: [Int], _ out: Int, _ input: [Int], kernel: [Int] = [3, 3, 3], stride: [Int] = [1, 1, 1]
    ) -> ConvolutionCase {
        ConvolutionCase(Convolution(inputChannels: channels, outputChannels: out, input: input, kernel: kernel, stride: stride))
    }

    static let all: [ConvolutionCase] = [
        cube([5, 19], 33, [9, 13, 14]),
        cube([180, 90], 21, [6, 5, 7]),
        cube([16], 40, [4, 8, 12]),
        cube([7], 3, [3, 11, 6], kernel: [1, 3, 3]),
        cube([18], 20, [13, 22, 19], stride: [2, 2, 2]),
        cube([3, 8], 17, [5, 18, 26], stride: [1, 2, 2]),
        cube([9], 8, [2, 17, 16], kernel: [1, 3, 3], stride: [1, 2, 2]),
        cube([6], 12, [8, 9, 7], stride: [2, 1, 1]),
        ConvolutionCase(
            Convolution(inputChannels: [6, 21], outputChannels: 35, input: [5, 9, 11], kernel: [3, 5, 3], stride: [1, 2, 3]),
            bricks: [[2, 2, 3], [5, 5, 4]]),
        ConvolutionCase(
            Convolution(inputChannels: [17], outputChannels: 9, input: [1, 6, 20], kernel: [1, 1, 1]), bricks: [[1, 4, 20], [1, 1, 7]]),
        ConvolutionCase(
            Convolution(
                inputChannels: [3], outputChannels: 18, input: [4, 7, 13], kernel: [3, 3, 3], stride: [1, 2, 1], hasPlainInput: true),
            bricks: [[2, 3, 5], [4, 4, 13]]),
        ConvolutionCase(
            Convolution(inputChannels: [20], outputChannels: 37, input: [3, 5, 9], kernel: [1, 1, 1], hasPlainOutput: true),
            bricks: [[1, 2, 9], [3, 3, 4]]),
        ConvolutionCase(
            Convolution(
                inputChannels: [19], outputChannels: 34, input: [3, 5, 7], kernel: [2, 1, 3], stride: [2, 1, 3], isTransposed: true),
            bricks: [[1, 2, 7], [2, 5, 3]]),
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

    @Test func `every row of the table has kernels in every instruction set, and an example here or among networks`() {
        for kernels in KernelSet.available { #expect(kernels.methods == ConvolutionAlgorithm.all.map(\.name), "\(kernels.name)") }
        let tried = Set(ConvolutionCase.all.flatMap(\.methods).map(\.kind.row))
        #expect(Set(ConvolutionAlgorithm.all.map(\.name)).subtracting(tried) == ["upsampled winograd"])
    }

    @Test func `every kind of axis is tried in depth, and in the plane where it has kernel 3`() {
        let axes = ConvolutionCase.all.flatMap(\.methods).compactMap(\.kind.axes)
        #expect(Set(axes.map(\.depth)) == Set(WinogradAxis.all))
        #expect(Set(axes.map(\.plane)) == Set(WinogradAxis.all.filter { $0.kernel == 3 }))
    }

    @Test func `a constant image keeps an exact variance`() throws {
        // A variance from plain sums of squares would drown in rounding here: the mean is 4000 times the deviation.
        var trial = ConvolutionTrial(
            convolution: Convolution(inputChannels: [1], outputChannels: 8, input: [8, 8, 8], kernel: [1, 1, 1]), seed: 4)
        trial.inputs[0] = trial.inputs[0].map { 4000 + $0 }
        trial.slope = 1
        let method = ConvolutionMethod(kind: .direct, isShared: false, brick: [2, 4, 8], rows: 2)
        let expected = trial.expected()
        for kernels in KernelSet.available {
            let result = trial.run(method, kernels: kernels, team: ThreadTeam(threadCount: 1))
            let scale = try #require(result.scale)
            #expect(relativeError(scale, trial.expectedNormalization(expected).scale) < 1e-3)
        }
    }
}
