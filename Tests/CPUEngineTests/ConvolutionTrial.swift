import CPUEngine
import Tensors

/// Random data for one convolution, its sums in float64, and a run of the engine on it.
struct ConvolutionTrial {
    let convolution: Convolution
    /// Plain (c, z, y, x) values of each source.
    var inputs: [[Float]]
    var scale: [[Float]]
    var shift: [[Float]]
    var slope: Float = 0.1
    var weights: [Float]
    var bias: [Float]

    init(convolution: Convolution, seed: UInt64) {
        self.convolution = convolution
        var numbers = SplitMix64(seed: seed)
        let positions = convolution.input.reduce(1, *)
        inputs = convolution.inputChannels.map { numbers.values($0 * positions) }
        scale = convolution.inputChannels.map { numbers.values($0) }
        shift = convolution.inputChannels.map { numbers.values($0) }
        weights = numbers.values(convolution.weightCount)
        bias = numbers.values(convolution.outputChannels)
    }

    /// Plain input has no normalisation before it.
    private func value(_ source: Int, _ channel: Int, _ index: Int) -> Double {
        let x = Double(inputs[source][channel * convolution.input.reduce(1, *) + index])
        if convolution.hasPlainInput { return x }
        let y = x * Double(scale[source][channel]) + Double(shift[source][channel])
        return max(y, y * Double(slope))
    }

    /// Plain (c, z, y, x) output in float64.
    func expected() -> [Double] {
        let c = convolution, size = c.input, out = c.output, taps = c.kernel.reduce(1, *)
        let channels = c.inputChannels.reduce(0, +), positions = size.reduce(1, *)
        let values = c.inputChannels.indices.flatMap { source in
            (0..<c.inputChannels[source]).flatMap { channel in (0..<positions).map { value(source, channel, $0) } }
        }
        var result: [Double] = []
        for o in 0..<c.outputChannels {
            for position in 0..<out.reduce(1, *) {
                let at = [position / (out[1] * out[2]), position / out[2] % out[1], position % out[2]]
                var sum = Double(bias[o])
                for t in 0..<taps {
                    let tap = [t / (c.kernel[1] * c.kernel[2]), t / c.kernel[2] % c.kernel[1], t % c.kernel[2]]
                    let from: [Int]
                    if c.isTransposed {
                        guard (0..<3).allSatisfy({ at[$0] % c.stride[$0] == tap[$0] }) else { continue }
                        from = (0..<3).map { at[$0] / c.stride[$0] }
                    } else {
                        from = (0..<3).map { at[$0] * c.stride[$0] + tap[$0] - (c.kernel[$0] - 1) / 2 }
                    }
                    guard (0..<3).allSatisfy({ (0..<size[$0]).contains(from[$0]) }) else { continue }
                    let index = (from[0] * size[1] + from[1]) * size[2] + from[2]
                    for i in 0..<channels {
                        let weight = c.isTransposed ? (i * c.outputChannels + o) * taps + t : (o * channels + i) * taps + t
                        sum += Double(weights[weight]) * values[i * positions + index]
                    }
                }
                result.append(sum)
            }
        }
        return result
    }

    /// The scale and shift of an instance normalisation without parameters.
    func expectedNormalization(_ output: [Double]) -> (scale: [Double], shift: [Double]) {
        let count = convolution.output.reduce(1, *)
        var scales: [Double] = [], shifts: [Double] = []
        for channel in 0..<convolution.outputChannels {
            let values = output[channel * count..<(channel + 1) * count]
            let mean = values.reduce(0, +) / Double(count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
            scales.append(1 / (variance + 1e-5).squareRoot())
            shifts.append(-mean / (variance + 1e-5).squareRoot())
        }
        return (scales, shifts)
    }

    struct Result {
        var output: [Float]
        var scale: [Float]?
        var shift: [Float]?
    }

    /// Computes the convolution with one method.
    func run(_ method: ConvolutionMethod, kernels: KernelSet, team: ThreadTeam) -> Result {
        var logits = [Float](repeating: .nan, count: convolution.output.reduce(1, *) * convolution.outputChannels)
        var result = Result(output: [])
        do {
            var span = logits.mutableSpan
            LogitSink.withLogits(&span, heads: convolution.outputChannels, patch: convolution.output) { sink in
                result = run(method, kernels: kernels, team: team, sink: sink)
            }
        }
        if convolution.hasPlainOutput { result.output = logits }
        return result
    }

    /// Computes the convolution with one method; the result has no plain output, which goes to `sink`.
    func run(_ method: ConvolutionMethod, kernels: KernelSet, team: ThreadTeam, sink: LogitSink) -> Result {
        let plan = ConvolutionPlan(kernels: kernels, convolution: convolution, method: method)
        let block = kernels.block, hasStatistics = !convolution.isTransposed && !convolution.hasPlainOutput
        var end = 0
        func place(_ count: Int) -> Int {
            defer { end += (count + 63) / 64 * 64 }
            return end
        }
        let padded = convolution.inputChannels.map { kernels.blocks($0) * block }
        let positions = convolution.input.reduce(1, *), outPositions = convolution.output.reduce(1, *)
        let outPadded = kernels.blocks(convolution.outputChannels) * block
        // Tensors with more places in depth than planes, and not from the first place on.
        let inLayout = PlaneLayout(planes: convolution.input[0] + 2, origin: 1)
        let outLayout = PlaneLayout(planes: convolution.output[0] + 3, origin: convolution.output[0])
        func offset(_ channel: Int, _ position: Int, _ size: [Int], _ layout: PlaneLayout) -> Int {
            let plane = size[1] * size[2], at = (position / plane + layout.origin) % layout.planes
            return ((channel / block * layout.planes + at) * plane + position % plane) * block + channel % block
        }
        let sources = padded.map { place($0 * positions / convolution.input[0] * inLayout.planes) }
        let scales = padded.map { place($0) }, shifts = padded.map { place($0) }
        let output = place(outPadded * outPositions / convolution.output[0] * outLayout.planes), statistics = place(plan.statisticsCount)
        let outScale = place(outPadded), outShift = place(outPadded)
        let sharedInput = place(plan.sharedInputCount), sharedOutput = place(plan.sharedOutputCount)

        var arena = FloatBuffer(repeating: 0, count: end)
        for i in sources.indices {
            for channel in 0..<convolution.inputChannels[i] {
                for p in 0..<positions {
                    arena[sources[i] + offset(channel, p, convolution.input, inLayout)] = inputs[i][channel * positions + p]
                }
                arena[scales[i] + channel] = scale[i][channel]
                arena[shifts[i] + channel] = shift[i][channel]
            }
        }
        var packed = FloatBuffer(repeating: 0, count: (plan.weightCount + 63) / 64 * 64 + outPadded)
        plan.pack(weights.span, into: &packed, at: 0, team: team)
        for channel in bias.indices { packed[packed.count - outPadded + channel] = bias[channel] }

        let operands = ConvolutionOperands(
            sources: sources.indices.map { i in
                ActivationOperand(
                    offset: sources[i], channels: convolution.inputChannels[i], layout: inLayout,
                    affine: convolution.hasPlainInput
                        ? nil : .init(isConstant: false, scale: scales[i], shift: shifts[i], slope: slope))
            },
            weights: 0, bias: packed.count - outPadded, output: output,
            outputLayout: outLayout, statistics: hasStatistics ? statistics : nil,
            sharedInput: sharedInput, sharedOutput: sharedOutput)
        var scratch = FloatBuffer(repeating: .nan, count: (plan.scratchCount + 1024) * team.threadCount)
        let first = inputs[0]
        EngineMemory.withMemory(
            arena: &arena, scratch: &scratch, scratchStride: (plan.scratchCount + 1023) / 1024 * 1024, weights: packed,
            input: first.span, sink: sink
        ) { memory in
            plan.run(operands, memory: memory, team: team)
            plan.finishStatistics(operands, InstanceStatistics(epsilon: 1e-5, scale: outScale, shift: outShift), memory: memory)
        }
        if convolution.hasPlainOutput { return Result(output: []) }
        let values = (0..<convolution.outputChannels).flatMap { channel in
            (0..<outPositions).map { arena[output + offset(channel, $0, convolution.output, outLayout)] }
        }
        let channels = 0..<convolution.outputChannels
        return Result(
            output: values, scale: hasStatistics ? channels.map { arena[outScale + $0] } : nil,
            shift: hasStatistics ? channels.map { arena[outShift + $0] } : nil)
    }
}
